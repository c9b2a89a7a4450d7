import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { CheckFailureCode } from "../../../src/core/check/check_failure.ts";
import type { CheckOutcome } from "../../../src/core/check/check_job.ts";
import {
  answeringWat,
  checkRequest,
  type JobOptions,
  loadWat,
  nativeWat,
  runWat,
  watBytes,
} from "../../support/check_jobs.ts";

const none = `{"violations":[]}`;
const one = `{"violations":[{"code":"a","message":"m"}]}`;

async function failure(text: string, options: JobOptions = {}): Promise<CheckFailureCode | null> {
  return codeOf(await runWat(text, options));
}

function codeOf(outcome: CheckOutcome): CheckFailureCode | null {
  return outcome.status === "failed" ? outcome.code : null;
}

/** check_eval giving this pointer and length. */
const answer = (pointer: number | string, length: number | string) =>
  nativeWat(`(i64.or (i64.shl (i64.const ${pointer}) (i64.const 32)) (i64.const ${length}))`);

const fuelMessage = (units: number, limits: string) =>
  `Fuel ran out: there were ${units} units, by ${limits}; ` +
  "`sealward checks bench` shows what it takes";

describe("native-1", () => {
  it("hands the request over byte for byte and reads the answer", async () => {
    const request = checkRequest();
    // Answers with the request itself: what comes back is judged as an answer.
    const echo = nativeWat(
      `(i64.or (i64.shl (i64.extend_i32_u (local.get $at)) (i64.const 32))
        (i64.extend_i32_u (local.get $length)))`,
    );
    const asked = await runWat(echo, { request: new TextEncoder().encode(one) });
    assertEquals(asked.status === "ok" ? asked.violations.length : asked.message, 1);
    assertEquals(codeOf(await runWat(echo, { request })), "bad_output");
    const silent = await runWat(answeringWat(none));
    assertEquals(silent.status === "ok" && silent.violations, []);
  });

  it("says how much fuel there was, and which limit gave it", async () => {
    const endless = "(loop $l (br $l)) (i64.const 0)";
    const limits = { fuel: 1_000, fuelPerInputByte: 0, startFuel: 3_000 };
    const inRequest = await runWat(nativeWat(endless), { limits });
    assertEquals(
      inRequest.status === "failed" && inRequest.message,
      fuelMessage(1_000, "limits.fuel and limits.fuel_per_input_byte"),
    );
    const started = nativeWat("(i64.const 0)").replace(
      /\)\s*$/,
      " (func $s (loop $l (br $l))) (start $s))",
    );
    const inStart = await runWat(started, { limits });
    assertEquals(
      inStart.status === "failed" && inStart.message,
      fuelMessage(3_000, "limits.start_fuel"),
    );
  });

  it("WASM-03 denies an answer that points out of memory, wherever", async () => {
    assertEquals(await failure(answer(65_536, 1)), "bad_output");
    assertEquals(await failure(answer(65_530, 17)), "bad_output");
    assertEquals(await failure(answer("0xffffffff", 17)), "bad_output");
    assertEquals(await failure(answer("0x80000000", 17)), "bad_output");
    assertEquals(await failure(answer("0xfffffff0", 32)), "bad_output");
    assertEquals(await failure(nativeWat("(i64.const -1)")), "limit_exceeded");
    assertEquals(await failure(nativeWat("(i64.const 0)")), "bad_output");
    assertEquals(await failure(answer(0, 17)), "bad_output");
  });

  it("WASM-03 denies an answer longer than outputBytes before it looks at it", async () => {
    assertEquals(await failure(answer(65_536, 65_537)), "limit_exceeded");
    assertEquals(await failure(answer(0, "0x40000000")), "limit_exceeded");
    assertEquals(await failure(answer(0, 65_536)), "bad_output");
    const limits = { outputBytes: none.length };
    assertEquals(await failure(answeringWat(none), { limits }), null);
    assertEquals(await failure(answeringWat(none + " "), { limits }), "limit_exceeded");
  });

  it("denies room for the request that is not in memory, and no room", async () => {
    const alloc = (pointer: number | string) =>
      answeringWat(none).replace("(i32.const 32768)", `(i32.const ${pointer})`);
    assertEquals(await failure(alloc(65_536)), "bad_output");
    assertEquals(await failure(alloc(-1)), "bad_output");
    assertEquals(await failure(alloc("0x80000000")), "bad_output");
    assertEquals(await failure(alloc(0)), "trap");
    assertEquals(await failure(alloc(2_048)), null);
  });

  it("sees the memory as it is after it grew", async () => {
    const grown = nativeWat(
      `(drop (memory.grow (i32.const 3)))
       (memory.copy (i32.const 200000) (i32.const 1024) (i32.const ${one.length}))
       (i64.or (i64.shl (i64.const 200000) (i64.const 32)) (i64.const ${one.length}))`,
      `(data (i32.const 1024) "${watBytes(new TextEncoder().encode(one))}")`,
    );
    const outcome = await runWat(grown);
    assertEquals(outcome.status === "ok" ? outcome.violations.length : outcome.message, 1);
    // Room beyond what the memory had before the call that grew it.
    const roomy = answeringWat(none).replace(
      "(i32.const 32768)",
      "(drop (memory.grow (i32.const 1))) (i32.const 70000)",
    );
    assertEquals(await failure(roomy), null);
  });

  it("WASM-03 names a trap a trap", async () => {
    for (
      const body of [
        "(unreachable)",
        "(i64.extend_i32_u (i32.div_u (i32.const 1) (i32.const 0)))",
        "(i64.load (i32.const -1))",
        "(i64.trunc_f64_u (f64.const nan))",
        "(i64.extend_i32_s (i32.div_s (i32.const 0x80000000) (i32.const -1)))",
        "(call_indirect (result i64) (i32.const 0))",
      ]
    ) {
      const parts = body.startsWith("(call_indirect") ? "(table 1 funcref)" : "";
      assertEquals(await failure(nativeWat(body, parts)), "trap", body);
    }
  });

  it("gives every run an instance of its own: nothing carries over, not even after a trap", async () => {
    // Answers with a violation when it has run before; traps on request.
    const counting = nativeWat(
      `(if (i32.eq (local.get $length) (i32.const 1)) (then
         (i32.store (i32.const 16) (i32.const 1)) (global.set $runs (i32.const 1))
         (table.set (i32.const 0) (ref.null func)) (unreachable)))
       (if (i32.or (i32.or (i32.load (i32.const 16)) (global.get $runs))
             (ref.is_null (table.get (i32.const 0)))) (then (unreachable)))
       (i32.store (i32.const 16) (i32.const 1))
       (global.set $runs (i32.const 1))
       (drop (memory.grow (i32.const 1)))
       (if (i32.ne (memory.size) (i32.const 2)) (then (unreachable)))
       (i64.or (i64.shl (i64.const 1024) (i64.const 32)) (i64.const ${none.length}))`,
      `(data (i32.const 1024) "${watBytes(new TextEncoder().encode(none))}")
       (global $runs (mut i32) (i32.const 0))
       (func $any) (table 1 1 funcref) (elem (i32.const 0) $any)`,
    );
    const check = await loadWat(counting);
    const first = check.run(checkRequest());
    assertEquals(first.status, "ok");
    assertEquals(codeOf(check.run(Uint8Array.of(0x20))), "trap");
    assertEquals(check.run(checkRequest()), first);
    assertEquals(check.run(checkRequest()), first);
  });

  it("calls _initialize first, where there is one", async () => {
    const text = answeringWat(
      none,
      "(if (i32.eqz (global.get $up)) (then (unreachable)))",
    ).replace(
      /\)\s*$/,
      `(global $up (mut i32) (i32.const 0))
       (func (export "_initialize") (global.set $up (i32.const 1))))`,
    );
    assertEquals(await failure(text), null);
    assertEquals(await failure(text.replace("_initialize", "initialize")), "trap");
  });

  it("denies a request above inputBytes without making an instance", async () => {
    const outcome = await runWat(nativeWat("(unreachable)"), {
      limits: { inputBytes: 10 },
      request: new Uint8Array(11),
    });
    assertEquals(outcome.status === "failed" && [outcome.code, outcome.fuel], [
      "limit_exceeded",
      0,
    ]);
  });

  it("WASM-09 takes an empty request as any other", async () => {
    const outcome = await runWat(answeringWat(none), { request: new Uint8Array(0) });
    assertEquals(outcome.status, "ok");
  });
});
