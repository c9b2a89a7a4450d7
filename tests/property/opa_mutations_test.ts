import { assert } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CheckFailure } from "../../src/core/check/check_failure.ts";
import { loadCheck } from "../../src/sandbox/load_check.ts";
import { checkRequest } from "../support/check_jobs.ts";
import { opaJob, type OpaWat, opaWat } from "../support/opa_wat.ts";
import { mutateModule } from "../support/mutate_module.ts";
import { chooseSeed, seeded } from "../support/seeded.ts";
import { assembleWat } from "../support/wat.ts";

const rounds = 2_500;
const limits = { fuel: 300_000, startFuel: 50_000, fuelPerInputByte: 0 };
/** Of one module, load and run; a second is what the slowest machine may take. */
const mostMs = 1_000;
const request = checkRequest({ now: "2026-11-22T18:00:00Z" });

/** Every way to the host is taken: log, built-ins of four counts, data, input, wrapped answer. */
const busy: OpaWat = {
  builtins: '{"time.now_ns":0,"hex.encode":1,"sprintf":2,"numbers.range_step":3}',
  text: '"%v: %s"\0[1.5,{"a":{2}}]\0"word"\0' + "1\0" + "9\0" + "2\0",
  body: `(call $println (i32.const 32768))
    (drop (call $builtin0 (i32.const 0) (i32.const 0)))
    (drop (call $builtin1 (i32.const 1) (i32.const 0) (i32.const 32793)))
    (drop (call $builtin3 (i32.const 3) (i32.const 0) (i32.const 32800) (i32.const 32802)
      (i32.const 32804)))
    (drop (call $append (i32.const 50000) (local.get $data)))
    (drop (call $append (i32.const 50000) (local.get $input)))
    (call $wrap (call $builtin2 (i32.const 2) (i32.const 0) (i32.const 32768)
      (i32.const 32777)))`,
};

/** What became of it; whatever is thrown besides CheckFailure fails the test. */
function outcomeOf(module: Uint8Array<ArrayBuffer>): string {
  try {
    const outcome = loadCheck(opaJob(module, { limits, data: '{"a":1}' })).run(request);
    if (outcome.status === "ok") return "ok";
    return outcome.code === "sandbox_crash" ? `crash: ${outcome.message}` : outcome.code;
  } catch (error) {
    if (!(error instanceof CheckFailure)) throw error;
    return error.code === "sandbox_crash" ? `crash: ${error.message}` : error.code;
  }
}

describe("OPA modules with bytes changed at random", () => {
  it("WASM-03 end in an answer or a code, in bounded time", async () => {
    const module = await assembleWat(opaWat(busy));
    assert(outcomeOf(module) === "ok");
    const seed = chooseSeed("mutated OPA module");
    const draw = seeded(seed);
    const counts = new Map<string, number>();
    for (let round = 0; round < rounds; round++) {
      const changed = mutateModule(module, draw);
      const start = performance.now();
      const outcome = outcomeOf(changed);
      const ms = performance.now() - start;
      assert(ms < mostMs, `round ${round}: ${outcome} after ${ms} ms, --seed=${seed}`);
      assert(!outcome.startsWith("crash"), `round ${round}: ${outcome}, --seed=${seed}`);
      counts.set(outcome, 1 + (counts.get(outcome) ?? 0));
    }
    // Enough of them got as far as running.
    for (const code of ["ok", "invalid_module", "trap", "bad_output", "builtin_refused"]) {
      assert((counts.get(code) ?? 0) > 0, JSON.stringify([...counts]));
    }
  });
});
