import { assert } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fixtureFolder } from "../../scripts/compile_wasm_fixtures.ts";
import { CheckFailure } from "../../src/core/check/check_failure.ts";
import type { CheckAbi } from "../../src/core/check/check_job.ts";
import { loadCheck } from "../../src/sandbox/load_check.ts";
import { checkJob, checkRequest } from "../support/check_jobs.ts";
import { mutateModule } from "../support/mutate_module.ts";
import { chooseSeed, seeded } from "../support/seeded.ts";

const request = checkRequest({ operation: { type: "command", command: "cat forbidden" } });
const limits = { fuel: 200_000, startFuel: 50_000, fuelPerInputByte: 0 };
/** Of one module, load and run; a second is what the slowest machine may take. */
const mostMs = 1_000;

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
        const changed = mutateModule(module, draw);
        const start = performance.now();
        const outcome = outcomeOf(changed, abi);
        const ms = performance.now() - start;
        assert(ms < mostMs, `round ${round}: ${outcome} after ${ms} ms, --seed=${seed}`);
        assert(!outcome.startsWith("crash"), `round ${round}: ${outcome}, --seed=${seed}`);
        counts.set(outcome, 1 + (counts.get(outcome) ?? 0));
      }
      assert(counts.has("invalid_module") && counts.size > 2, JSON.stringify([...counts]));
    });
  }
});
