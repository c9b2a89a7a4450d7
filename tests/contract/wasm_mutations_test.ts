import { assert } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fixtureFolder } from "../../scripts/compile_wasm_fixtures.ts";
import { CheckFailure } from "../../src/core/check/check_failure.ts";
import type { CheckAbi } from "../../src/core/check/check_job.ts";
import { loadCheck } from "../../src/sandbox/load_check.ts";
import { checkJob, checkRequest } from "../support/check_jobs.ts";
import { chooseSeed, type Draw, seeded } from "../support/seeded.ts";

const request = checkRequest({ operation: { type: "command", command: "cat forbidden" } });
const limits = { fuel: 200_000, startFuel: 50_000, fuelPerInputByte: 0 };
/** Of one module, load and run; a second is what the slowest machine may take. */
const mostMs = 1_000;

/** A byte or two changed; at times some taken out or put in, which few modules survive. */
function mutate(module: Uint8Array, draw: Draw): Uint8Array<ArrayBuffer> {
  const changed = [...module];
  for (let edits = 1 + draw(2); edits > 0; edits--) {
    const at = 8 + draw(changed.length - 8);
    const kind = draw(16);
    if (kind < 14) changed[at] = draw(256);
    else if (kind === 14) changed.splice(at, 1 + draw(3));
    else changed.splice(at, 0, draw(256));
  }
  return Uint8Array.from(changed);
}

/** What became of it; whatever is thrown besides CheckFailure fails the test. */
function outcomeOf(module: Uint8Array<ArrayBuffer>, abi: CheckAbi): string {
  try {
    const outcome = loadCheck(checkJob(module, { abi, limits })).run(request);
    if (outcome.status === "ok") return "ok";
    return outcome.code === "sandbox_crash" ? `crash: ${outcome.message}` : outcome.code;
  } catch (error) {
    if (error instanceof CheckFailure) return error.code;
    throw error;
  }
}

describe("modules with bytes changed at random", () => {
  for (
    const [name, abi, rounds] of [
      ["c_native", "native-1", 1_500],
      ["assemblyscript_native", "native-1", 700],
      ["c_wasi", "wasi-cmd", 150],
    ] as const
  ) {
    it(`WASM-03 end in an answer or a code, in bounded time: ${name}`, () => {
      const module = Deno.readFileSync(new URL("forbidden_word.wasm", fixtureFolder(name)));
      const seed = chooseSeed(`mutated ${name}`);
      const draw = seeded(seed);
      const counts = new Map<string, number>();
      for (let round = 0; round < rounds; round++) {
        const changed = mutate(module, draw);
        const start = performance.now();
        const outcome = outcomeOf(changed, abi);
        const ms = performance.now() - start;
        assert(ms < mostMs, `round ${round}: ${outcome} after ${ms} ms, MUTATION_SEED=${seed}`);
        assert(!outcome.startsWith("crash"), `round ${round}: ${outcome}, MUTATION_SEED=${seed}`);
        counts.set(outcome, 1 + (counts.get(outcome) ?? 0));
      }
      assert(counts.has("invalid_module") && counts.size > 2, JSON.stringify([...counts]));
    });
  }
});
