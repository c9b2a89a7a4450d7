/** Random numbers from a seed: a failure can be played again. mulberry32, 32 bits of state. */

/** Whole numbers from 0 to below `bound`. */
export type Draw = (bound: number) => number;

export function seeded(seed: number): Draw {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}

/**
 * `MUTATION_SEED`, or a new one; printed, so that a failure can be played again. Suites without
 * permissions are given it by `--allow-env=MUTATION_SEED`.
 */
export function chooseSeed(what: string): number {
  const { state } = Deno.permissions.querySync({ name: "env", variable: "MUTATION_SEED" });
  const given = state === "granted" ? Deno.env.get("MUTATION_SEED") : undefined;
  const seed = given === undefined ? crypto.getRandomValues(new Uint32Array(1))[0] ?? 0 : +given;
  // deno-lint-ignore no-console -- the seed of a random test
  console.log(`${what}: MUTATION_SEED=${seed}`);
  return seed;
}
