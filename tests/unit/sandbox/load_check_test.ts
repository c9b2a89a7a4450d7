import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CheckFailure, type CheckFailureCode } from "../../../src/core/check/check_failure.ts";
import type { CheckOutcome } from "../../../src/core/check/check_job.ts";
import { loadCheck } from "../../../src/sandbox/load_check.ts";
import {
  answeringWat,
  checkJob,
  checkRequest,
  type JobOptions,
  loadWat,
  nativeWat,
  runWat,
} from "../../support/check_jobs.ts";
import { assembleWat } from "../../support/wat.ts";

const none = `{"violations":[]}`;
const forever = "(loop $on (br $on))";

function failed(outcome: CheckOutcome): Extract<CheckOutcome, { status: "failed" }> {
  assert(outcome.status === "failed", JSON.stringify(outcome));
  assertEquals(outcome.message.includes("\n"), false);
  return outcome;
}

async function failure(text: string, options: JobOptions = {}): Promise<CheckFailureCode> {
  return failed(await runWat(text, options)).code;
}

function refused(module: Uint8Array, options: JobOptions = {}): CheckFailure {
  return assertThrows(() => loadCheck(checkJob(module, options)), CheckFailure);
}

async function refusedWat(text: string, options: JobOptions = {}): Promise<CheckFailure> {
  return refused(await assembleWat(text), options);
}

/** Puts more parts into a module. */
const withParts = (text: string, parts: string) => text.replace(/\)\s*$/, `${parts})`);

describe("loadCheck()", () => {
  it("refuses what is no module, with the byte", () => {
    for (const bytes of [[], [0], [0, 0x61, 0x73, 0x6d], [0, 0x61, 0x73, 0x6d, 2, 0, 0, 0]]) {
      const error = refused(Uint8Array.from(bytes));
      assertEquals(error.code, "invalid_module");
      assert(error.offset !== null);
    }
  });

  it("WASM-02 refuses a module above moduleBytes without looking into it", () => {
    const error = refused(new Uint8Array(104_857_600));
    assertEquals(error.code, "limit_exceeded");
    assertEquals(refused(new Uint8Array(11), { limits: { moduleBytes: 10 } }).code, error.code);
  });

  it("WASM-02 refuses a memory that begins above memoryPages, and clamps what it may become", async () => {
    const memory = (type: string) =>
      answeringWat(none).replace(`(memory (export "memory") 1)`, type);
    const own = `(memory (export "memory") 65536)`;
    assertEquals((await refusedWat(memory(own))).code, "limit_exceeded");
    assertEquals(
      (await refusedWat(memory(`(memory (export "memory") 513)`))).code,
      "limit_exceeded",
    );
    assertEquals((await runWat(memory(`(memory (export "memory") 512 65536)`))).status, "ok");
  });

  it("WASM-02 stops memory.grow at memoryPages", async () => {
    const greedy = nativeWat(`
      (if (i32.ne (memory.grow (i32.const 7)) (i32.const 1)) (then (unreachable)))
      (if (i32.ne (memory.grow (i32.const 1)) (i32.const -1)) (then (unreachable)))
      (i64.const 0)`);
    // An empty answer: it got what is written here. One page more or less, and it traps.
    for (const [memoryPages, code] of [[7, "trap"], [8, "bad_output"], [9, "trap"]] as const) {
      assertEquals(await failure(greedy, { limits: { memoryPages } }), code);
    }
  });

  it("WASM-03 refuses a module without the exports of its ABI, or with others of that name", async () => {
    const sound = answeringWat(none);
    for (const name of ["memory", "check_alloc", "check_eval"]) {
      const error = await refusedWat(sound.replace(`(export "${name}")`, ""));
      assertEquals(error.code, "invalid_module");
      assertStringIncludes(error.message, name);
    }
    const wrong = [
      sound.replace(
        "(param i32) (result i32) (i32.const 32768)",
        "(param i64) (result i32) (i32.const 0)",
      ),
      sound.replace("(param i32) (result i32) (i32.const 32768)", "(result i32) (i32.const 0)"),
      withParts(sound, `(func (export "_initialize") (param i32))`),
      withParts(
        sound.replace(`(export "check_eval")`, ""),
        `(global (export "check_eval") i32 (i32.const 0))`,
      ),
    ];
    for (const text of wrong) assertEquals((await refusedWat(text)).code, "invalid_module");
  });

  it("WASM-04 refuses every import but those of the ABI, by its name", async () => {
    const wanted = [
      `"env" "abort" (func)`,
      `"env" "memory" (memory 1)`,
      `"wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32))`,
      `"sealward" "fuel" (global (mut i64))`,
      `"" "" (func)`,
      `"Deno" "readFileSync" (func)`,
    ];
    for (const each of wanted) {
      const text = answeringWat(none).replace("(module", `(module (import ${each})`)
        .replace(
          `(memory (export "memory") 1)`,
          each.includes("memory 1") ? "" : `(memory (export "memory") 1)`,
        );
      const error = await refusedWat(text);
      assertEquals(error.code, "import_refused", each);
    }
    const command = (each: string) =>
      `(module (import ${each}) (memory (export "memory") 1) (func (export "_start")))`;
    const wasi = "wasi_snapshot_preview1";
    for (
      const each of [
        `"${wasi}" "path_open" (func (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32))`,
        `"${wasi}" "poll_oneoff" (func (param i32 i32 i32 i32) (result i32))`,
        `"${wasi}" "sock_send" (func (param i32 i32 i32 i32 i32) (result i32))`,
        `"${wasi}" "fd_readdir" (func (param i32 i32 i32 i64 i32) (result i32))`,
        `"${wasi}" "fd_write" (func (param i32 i32 i32 i64) (result i32))`,
        `"${wasi}" "proc_exit" (func (param i32) (result i32))`,
        `"wasi_unstable" "fd_write" (func (param i32 i32 i32 i32) (result i32))`,
        `"${wasi}" "memory" (memory 1)`,
        `"${wasi}" "toString" (func)`,
        `"${wasi}" "__proto__" (func)`,
      ]
    ) {
      const error = await refusedWat(
        each.includes("memory 1")
          ? command(each).replace(`(memory (export "memory") 1)`, "")
          : command(each),
        { abi: "wasi-cmd" },
      );
      assertEquals(error.code, "import_refused", each);
      assertStringIncludes(error.message, /"([a-z_A-Z]+)" \(/.exec(each)?.[1] ?? "?");
    }
  });

  it("WASM-06 refuses a module that names its own fuel", async () => {
    for (const name of ["sealward:fuel", "sealward:depth", "sealward:start"]) {
      const text = withParts(answeringWat(none), `(global (export "${name}") i32 (i32.const 0))`);
      assertEquals((await refusedWat(text)).code, "invalid_module");
    }
  });
});

describe("LoadedCheck.run()", () => {
  it("WASM-01 ends a loop with its fuel, wherever it stands", async () => {
    const limits = { fuel: 50_000, fuelPerInputByte: 0, startFuel: 30_000 };
    const outcome = failed(await runWat(nativeWat(`${forever} (unreachable)`), { limits }));
    assertEquals([outcome.code, outcome.fuel], ["fuel_exhausted", 50_000]);
    const alloc = answeringWat(none).replace("(i32.const 32768)", `${forever} (unreachable)`);
    assertEquals(failed(await runWat(alloc, { limits })).fuel, 50_000);
    const command = `(module (memory (export "memory") 1) (func (export "_start") ${forever}))`;
    assertEquals(await failure(command, { limits, abi: "wasi-cmd" }), "fuel_exhausted");
  });

  it("WASM-06 ends a start section with its own fuel, and says so", async () => {
    const limits = { fuel: 50_000, fuelPerInputByte: 0, startFuel: 30_000 };
    const start = (body: string) => withParts(answeringWat(none), `(func $up ${body}) (start $up)`);
    const looping = failed(await runWat(start(forever), { limits }));
    assertEquals([looping.code, looping.fuel], ["fuel_exhausted", 30_000]);
    const initialize = withParts(answeringWat(none), `(func (export "_initialize") ${forever})`);
    assertEquals(failed(await runWat(initialize, { limits })).fuel, 30_000);
    assertEquals(await failure(start("(unreachable)")), "trap");
    assertEquals(await failure(start("(call $up)")), "stack_exhausted");
    assertEquals((await runWat(start("(nop)"))).status, "ok");
  });

  it("counts what the start section spent, and hands on nothing it left", async () => {
    const spin =
      "(loop $on (br_if $on (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1000))))";
    const plain = answeringWat(none);
    const starting = withParts(plain, `(func $up (local $i i32) ${spin}) (start $up)`);
    const [without, withStart] = [await runWat(plain), await runWat(starting)];
    assert(without.status === "ok" && withStart.status === "ok");
    assert(withStart.fuel > without.fuel + 1_000);
    // Exactly enough on either side is enough; one less on either is not.
    const [startFuel, fuel] = [withStart.fuel - without.fuel, without.fuel];
    const limits = { startFuel, fuel, fuelPerInputByte: 0 };
    assertEquals((await runWat(starting, { limits })).status, "ok");
    for (const less of [{ startFuel: startFuel - 1 }, { fuel: fuel - 1 }]) {
      const outcome = failed(await runWat(starting, { limits: { ...limits, ...less } }));
      assertEquals(outcome.code, "fuel_exhausted");
    }
  });

  it("runs the start section once in each run, before anything else", async () => {
    const text = withParts(
      answeringWat(none, "(if (i32.ne (global.get $n) (i32.const 1)) (then (unreachable)))"),
      `(global $n (mut i32) (i32.const 0))
       (func $up (global.set $n (i32.add (global.get $n) (i32.const 1)))) (start $up)`,
    );
    const check = await loadWat(text);
    const runs = [1, 2, 3].map(() => check.run(checkRequest()));
    assertEquals(new Set(runs.map(({ status }) => status)), new Set(["ok"]));
    assertEquals(new Set(runs.map(({ fuel }) => fuel)).size, 1);
  });

  it("gives more fuel for a longer request", async () => {
    const limits = { fuel: 0, fuelPerInputByte: 1 };
    const run = async (bytes: number) =>
      failed(
        await runWat(nativeWat(`${forever} (unreachable)`), {
          limits,
          request: new Uint8Array(bytes),
        }),
      ).fuel;
    assertEquals([await run(1_000), await run(2_000)], [1_000, 2_000]);
  });

  it("WASM-01 ends recursion, small frames and large, plain and through a table", async () => {
    const deep = (locals: string) =>
      nativeWat(
        "(call $down (i32.const 0)) (unreachable)",
        `(func $down (param i32) ${locals} (call $down (local.get 0)))`,
      );
    assertEquals(await failure(deep("")), "stack_exhausted");
    assertEquals(await failure(deep(`(local ${"v128 ".repeat(900)})`)), "stack_exhausted");
    const indirect = nativeWat(
      "(call $down) (unreachable)",
      `(table 1 1 funcref) (elem (i32.const 0) $down) (type $t (func))
       (func $down (call_indirect (type $t) (i32.const 0)))`,
    );
    assertEquals(await failure(indirect), "stack_exhausted");
    assertEquals(await failure(deep(""), { limits: { callDepth: 10 } }), "stack_exhausted");
  });

  it("WASM-03 denies segments that do not fit, before any code", async () => {
    const text = withParts(answeringWat(none), `(data (i32.const 65536) "x")`);
    const outcome = failed(await runWat(text));
    assertEquals([outcome.code, outcome.fuel], ["trap", 0]);
  });

  it("lets a start section of a command call nobody", async () => {
    const text = `(module
      (import "wasi_snapshot_preview1" "random_get" (func $draw (param i32 i32) (result i32)))
      (memory (export "memory") 1)
      (func $up (drop (call $draw (i32.const 0) (i32.const 8)))) (start $up)
      (func (export "_start")))`;
    assertEquals(await failure(text, { abi: "wasi-cmd" }), "trap");
  });

  it("goes on after every failure: the next run is as if there had been none", async () => {
    const text = nativeWat(
      `(if (i32.eq (local.get $length) (i32.const 1)) (then (unreachable)))
       (if (i32.eq (local.get $length) (i32.const 2)) (then ${forever}))
       (if (i32.eq (local.get $length) (i32.const 3)) (then (call $down)))
       (i64.or (i64.shl (i64.const 1024) (i64.const 32)) (i64.const ${none.length}))`,
      `(func $down (call $down)) (data (i32.const 1024) "${none.replaceAll('"', '\\"')}")`,
    );
    const check = await loadWat(text, { limits: { fuel: 100_000 } });
    const first = check.run(checkRequest());
    assertEquals(first.status, "ok");
    for (
      const [length, code] of [[1, "trap"], [2, "fuel_exhausted"], [3, "stack_exhausted"]] as const
    ) {
      assertEquals(failed(check.run(new Uint8Array(length))).code, code);
      assertEquals(check.run(checkRequest()), first);
    }
  });
});
