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
 * What all random tests of a process draw from, 31 bits: `--seed=N` among the program's arguments, or
 * a new one. An argument and no variable, as it needs no permission. Keys that tests make are new in
 * every run all the same.
 *
 *     task test --seed=5
 *     deno test -P=tests FILE -- --seed=5
 */
export const testSeed: number = givenSeed() ?? Math.floor(Math.random() * 2 ** 31);

function givenSeed(): number | null {
  const flag = "--seed=";
  const given = Deno.args.findLast((argument) => argument.startsWith(flag));
  if (given === undefined) return null;
  const seed = Number(given.slice(flag.length) || NaN);
  if (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31) return seed;
  throw new Error(`Got ${given}, wanted --seed= and a whole number below 2147483648`);
}

/** testSeed, printed, so that a failure can be played again. */
export function chooseSeed(what: string): number {
  // deno-lint-ignore no-console -- the seed of a random test
  console.log(`${what}: --seed=${testSeed}`);
  return testSeed;
}
