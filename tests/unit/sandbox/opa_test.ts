import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CheckFailure } from "../../../src/core/check/check_failure.ts";
import type { CheckOutcome } from "../../../src/core/check/check_job.ts";
import { checkRequest } from "../../support/check_jobs.ts";
import { loadOpa, type OpaJob, type OpaWat, runOpa } from "../../support/opa_wat.ts";

type Options = OpaJob & { readonly request?: Uint8Array | string };

async function failure(given: OpaWat, options: Options = {}): Promise<string | null> {
  const outcome = await runOpa(given, options);
  return outcome.status === "failed" ? outcome.code : null;
}

/** Code of the refusal at load, which has to hold `part`. */
async function refusal(given: OpaWat, part: string, options: Options = {}): Promise<string> {
  const error = await assertRejects(() => loadOpa(given, options), CheckFailure, part);
  return error.code;
}

function messages(outcome: CheckOutcome): readonly string[] {
  assert(outcome.status === "ok", JSON.stringify(outcome));
  return outcome.violations.map(({ message }) => message);
}

/** The text at an address as the one message. */
const told = (address: string): OpaWat => ({ body: `(call $wrap ${address})` });
const call = (count: number, args: string) =>
  `(call $builtin${count} (i32.const 7) (i32.const 0) ${args})`;
const text = "(i32.const 32768)";

describe("opa-1", () => {
  it("gives a module the request as input, and a data document", async () => {
    const input = await runOpa(told("(local.get $input)"), { request: '"hello"' });
    assertEquals(messages(input), ["hello"]);
    const none = await runOpa({
      body: `(if (result i32) (i32.eq (i32.load16_u (local.get $data)) (i32.const 0x7d7b))
        (then (i32.const 16384)) (else (unreachable)))`,
    });
    assertEquals(messages(none), []);
    const braced: OpaWat = { body: "(call $wrap (local.get $data))" };
    const asked = await runOpa(braced, { data: '{"message":"from data"}' });
    assertEquals(messages(asked), ["from data"]);
  });

  it("asks modules of 1.0 and 1.1 in steps, those of 1.2 and 1.3 at once", async () => {
    const stepped: OpaWat = { ...told("(local.get $input)"), version: [1, 0] };
    for (const minor of [0, 1, 2, 3] as const) {
      const given = { ...stepped, version: [1, minor] as const };
      assertEquals(messages(await runOpa(given, { request: '"in"' })), ["in"]);
    }
    const noCall = [['(export "opa_eval")', ""]] as const;
    const old = await runOpa({ ...stepped, replace: noCall }, { request: '"in"' });
    assertEquals(messages(old), ["in"]);
    const recent: OpaWat = { version: [1, 2], replace: noCall };
    assertEquals(await refusal(recent, "opa_eval"), "invalid_module");
    assertEquals(await refusal({ version: [1, 4] }, "got 1.4"), "invalid_module");
    assertEquals(await refusal({ version: [2, 0] }, "got 2.0"), "invalid_module");
    assertEquals(await refusal({ version: [1, -1] }, "wanted 1.0"), "invalid_module");
  });

  it("asks the entrypoint the policy names, else the first", async () => {
    const given: OpaWat = {
      entrypoints: '{"b/allow":1,"a/deny":0,"c":17}',
      text: '"0"\0"1"\0"7"',
      body: `(call $wrap (i32.add (i32.const 32768)
        (i32.mul (i32.const 4) (i32.and (local.get $entrypoint) (i32.const 3)))))`,
    };
    assertEquals(messages(await runOpa(given)), ["0"]);
    assertEquals(messages(await runOpa(given, { entrypoint: "a/deny" })), ["0"]);
    assertEquals(messages(await runOpa(given, { entrypoint: "b/allow" })), ["1"]);
    for (const entrypoint of ["", "b", "__proto__", "toString", "B/ALLOW"]) {
      assertEquals(await refusal(given, "Entrypoint", { entrypoint }), "invalid_module");
    }
    assertEquals(await refusal({ entrypoints: '{"a":1}' }, "wanted one"), "invalid_module");
    assertEquals(await refusal({ entrypoints: "{}" }, "got none"), "invalid_module");
  });

  it("WASM-03 refuses lists of entrypoints and built-ins that are none", async () => {
    const lists = ["", "[]", "null", '{"a":0,"a":1}', '{"a":0,"b":0}', '{"a":-1}', '{"a":0.5}'];
    lists.push('{"a":"0"}', '{"a":0}x', '{"a":9007199254740993}', '{"__proto__":0}', "{");
    for (const entrypoints of lists) {
      assertEquals(await refusal({ entrypoints }, "entrypoints"), "invalid_module", entrypoints);
    }
    for (const builtins of lists) {
      assertEquals(await refusal({ builtins }, "builtins"), "invalid_module", builtins);
    }
    const moved = (pointer: number): OpaWat => ({
      replace: [["(i32.const 1024))", `(i32.const ${pointer}))`]],
    });
    assertEquals(await refusal(moved(131_072), "out of memory"), "invalid_module");
    assertEquals(await refusal(moved(-1), "out of memory"), "invalid_module");
  });

  it("loads the data document before the request, on startFuel, and takes only JSON", async () => {
    for (const data of ["", "{", "[]", "1", '{"a":1,"a":2}', '{"a":1}x', "\ufeff{}"]) {
      assertEquals(await refusal({}, "Data document", { data }), "settings_refused", data);
    }
    const broken = Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d);
    assertEquals(await refusal({}, "not UTF-8", { data: broken }), "settings_refused");
    const data = `{"a":"${"x".repeat(20_000)}"}`;
    const limits = { startFuel: 15_000 };
    assertEquals(await refusal({}, "Fuel ran out", { data, limits }), "fuel_exhausted");
    assertEquals(await failure({}, { data, limits: { startFuel: 25_000 } }), null);
    const refusing: OpaWat = {
      replace: [[
        "(local.set $to (call $malloc (i32.add (local.get $length)",
        "(return (i32.const 0)) (local.set $to (call $malloc (i32.add (local.get $length)",
      ]],
    };
    assertEquals(await refusal(refusing, "does not take a value"), "trap");
  });

  it("WASM-03 opa_abort is a denial with what the policy said", async () => {
    const aborting: OpaWat = { body: `(call $abort ${text}) (unreachable)`, text: "no\nmore: é" };
    const outcome = await runOpa(aborting);
    assert(outcome.status === "failed");
    assertEquals([outcome.code, outcome.message], ["abort", "Policy aborted: no\\u000amore: é"]);
    const long = await runOpa({ ...aborting, text: "x".repeat(5_000) });
    assert(long.status === "failed" && long.message.length < 1_100);
    const outside: OpaWat = { body: "(call $abort (i32.const -1)) (unreachable)" };
    assertEquals(await failure(outside), "trap");
    const early: OpaWat = { text: "early", parts: `(func $s (call $abort ${text})) (start $s)` };
    assertEquals(await refusal(early, "Policy aborted: early"), "abort");
  });

  it("keeps what opa_println says, up to logBytes", async () => {
    const print = `(call $println ${text})`;
    const saying: OpaWat = { body: `${print} ${print} (i32.const 16384)`, text: "note" };
    const outcome = await runOpa(saying);
    assertEquals(outcome.status === "ok" && outcome.log, "note\nnote\n");
    const cut = await runOpa(saying, { limits: { logBytes: 7 } });
    assertEquals(cut.status === "ok" && cut.log, "note\nno");
    const forever: OpaWat = { body: `(loop $on ${print} (br $on)) (unreachable)`, text: "x" };
    const start = performance.now();
    assertEquals(await failure(forever), "fuel_exhausted");
    assert(performance.now() - start < 1_000);
  });
});

describe("the memory of opa-1", () => {
  it("WASM-02 is the host's, and grows to memoryPages and no further", async () => {
    const grow = (pages: number): OpaWat => ({
      body: `(if (i32.eq (memory.grow (i32.const ${pages})) (i32.const -1)) (then (unreachable)))
        (i32.const 16384)`,
    });
    const limits = { memoryPages: 10 };
    assertEquals(await failure(grow(8), { limits }), null);
    assertEquals(await failure(grow(9), { limits }), "trap");
    // Its own maximum holds where it is less.
    assertEquals(await failure({ ...grow(1), memory: "2 3" }, { limits }), null);
    assertEquals(await failure({ ...grow(2), memory: "2 3" }, { limits }), "trap");
    assertEquals(await refusal({ memory: "11" }, "pages", { limits }), "limit_exceeded");
  });

  it("WASM-04 is the only thing besides functions that a module may import", async () => {
    const memory = '(import "env" "memory" (memory 2))';
    const own = '(memory (export "memory") 2)';
    const mixed = [memory, ""] as const;
    assertEquals(await refusal({ replace: [mixed], parts: own }, "memory"), "import_refused");
    const renamed = [[memory, '(import "other" "memory" (memory 2))']] as const;
    assertEquals(await refusal({ replace: renamed }, "other"), "import_refused");
    for (const name of ["opa_builtin5", "opa_abort2", "memory2"]) {
      const replace = [[memory, `${memory} (import "env" "${name}" (func))`]] as const;
      assertEquals(await refusal({ replace }, name), "import_refused");
    }
    const replace = [["$println (param i32)", "$println (param i64)"], [
      memory,
      memory,
    ]] as const;
    assertEquals(await refusal({ replace }, "opa_println"), "import_refused");
  });

  it("WASM-03 a module without an export of the ABI, or with another of that name", async () => {
    for (const name of ["opa_malloc", "eval", "builtins", "opa_value_dump", "opa_json_parse"]) {
      const replace = [[`(export "${name}"`, `(export "x${name}"`]] as const;
      assertEquals(await refusal({ replace }, name), "invalid_module");
    }
    const version = '(export "opa_wasm_abi_version") i32';
    const mutable = [[version, '(export "opa_wasm_abi_version") (mut i32)']] as const;
    assertEquals(await refusal({ replace: mutable }, "opa_wasm_abi_version"), "invalid_module");
  });

  it("gives every run its own: nothing carries over, and 300 runs spend the same", async () => {
    const check = await loadOpa({
      parts: "(global $runs (mut i32) (i32.const 0))",
      body: `(if (i32.or (global.get $runs) (i32.load8_u (i32.const 50000))) (then (unreachable)))
        (global.set $runs (i32.const 1)) (i32.store8 (i32.const 50000) (i32.const 1))
        (drop (memory.grow (i32.const 1))) (i32.const 16384)`,
    });
    const first = check.run(checkRequest());
    assertEquals(first.status, "ok");
    for (let round = 0; round < 300; round++) assertEquals(check.run(checkRequest()), first);
  });

  it("WASM-03 refuses room that there is not", async () => {
    const room = (pointer: number) =>
      [["(local.set $at (global.get $heap))", `(local.set $at (i32.const ${pointer}))`]] as const;
    assertEquals(await refusal({ replace: room(0) }, "no room"), "trap");
    assertEquals(await refusal({ replace: room(-1) }, "out of memory"), "trap");
    assertEquals(await refusal({ replace: room(131_072) }, "out of memory"), "trap");
  });
});

describe("the answer of opa-1", () => {
  const answer = (result: string | Uint8Array, options: Options = {}) =>
    runOpa({ result }, options);
  const code = (result: string | Uint8Array, options: Options = {}) => failure({ result }, options);

  it("allow: true finds nothing, false and undefined one violation, all else is refused", async () => {
    const allow = { result: "allow" } as const;
    assertEquals(messages(await answer('[{"result":true}]', allow)), []);
    for (const result of ['[{"result":false}]', "[]"]) {
      const outcome = await answer(result, allow);
      assert(outcome.status === "ok");
      assertEquals(outcome.violations.map((one) => one.code), ["opa_not_allowed"]);
    }
    for (const result of ["1", "0", '"true"', "null", "[]", "[true]", "{}", '{"allow":true}']) {
      assertEquals(await code(`[{"result":${result}}]`, allow), "bad_output", result);
    }
  });

  it("violations: texts and objects, with msg for message and a code where none is given", async () => {
    const outcome = await answer(
      '[{"result":["plain",{"msg":"m"},{"message":"n","code":"own","severity":"HIGH",' +
        '"path":"a.ts","details":{"k":[1]}}]}]',
    );
    assert(outcome.status === "ok");
    const none = { severity: null, path: null, details: null };
    assertEquals(outcome.violations, [
      { code: "opa_violation", message: "plain", ...none },
      { code: "opa_violation", message: "m", ...none },
      { code: "own", message: "n", severity: "HIGH", path: "a.ts", details: { k: [1] } },
    ]);
    assertEquals(messages(await answer('[{"result":[]}]')), []);
  });

  it("WASM-03 violations: undefined is not none, and nothing else than the agreed form", async () => {
    assertEquals(await code("[]"), "bad_output");
    for (const value of ["true", "false", "null", "0", '"x"', "{}", '{"violations":[]}']) {
      assertEquals(await code(`[{"result":${value}}]`), "bad_output", value);
    }
    const items = ["1", "null", "[]", '""', "{}", '{"msg":"a","message":"b"}', '{"msg":1}'];
    items.push('{"msg":"a","x":1}', '{"msg":"a","severity":"NONE"}', '{"msg":"a","allow":true}');
    items.push('{"msg":"a","code":"NO"}', '{"msg":"a","msg":"b"}', `"${"x".repeat(1_001)}"`);
    for (const item of items) {
      assertEquals(await code(`[{"result":[${item}]}]`), "bad_output", item);
    }
    const flood = Array.from({ length: 101 }, () => '"x"').join(",");
    assertEquals(await code(`[{"result":[${flood}]}]`), "bad_output");
  });

  it("WASM-03 refuses every result set but one of one binding", async () => {
    for (
      const set of [
        '[{"result":[]},{"result":[]}]',
        '[{"result":[],"x":1}]',
        '[{"x":[]}]',
        "[[]]",
        "[null]",
        '{"result":[]}',
        '[{"result":[]}] x',
        '[{"result":[],"result":[]}]',
        '[{"result":[{"msg":"a","details":{"1":1,"1":2}}]}]',
        "",
        "set()",
        `${"[".repeat(5_000)}`,
      ]
    ) assertEquals(await code(set), "bad_output", set.slice(0, 80));
    const broken = new TextEncoder().encode('[{"result":["?"]}]');
    broken[broken.indexOf(0x3f)] = 0xff;
    assertEquals(await code(broken), "bad_output");
  });

  it("WASM-01 a result without an end costs no time, wherever it begins", async () => {
    const filled: OpaWat = {
      body: `(drop (memory.grow (i32.const 400)))
        (memory.fill (i32.const 0) (i32.const 65) (i32.mul (memory.size) (i32.const 65536)))
        (i32.const 16384)`,
    };
    const start = performance.now();
    assertEquals(await failure(filled), "limit_exceeded");
    const near = {
      ...filled,
      body: filled.body?.replace("(i32.const 16384)", "(i32.const 26345000)") ?? "",
    };
    assertEquals(await failure(near), "bad_output");
    assert(performance.now() - start < 1_000);
    assertEquals(await failure({ body: "(i32.const -1)" }), "bad_output");
    assertEquals(await failure({ body: "(i32.const 131072)" }), "bad_output");
    const none = '[{"result":[]}]';
    const at = (outputBytes: number) => failure({ result: none }, { limits: { outputBytes } });
    assertEquals([await at(none.length), await at(none.length - 1)], [null, "limit_exceeded"]);
  });

  it("WASM-01 loops end with their fuel, when loading and when running", async () => {
    const loop = "(loop $on (br $on))";
    assertEquals(await failure({ body: `${loop} (unreachable)` }), "fuel_exhausted");
    const list = [[
      `(func (export "builtins") (result i32)`,
      `(func (export "builtins") (result i32) ${loop}`,
    ]] as const;
    assertEquals(await refusal({ replace: list }, "Fuel"), "fuel_exhausted");
    const start: OpaWat = { parts: `(func $s ${loop}) (start $s)` };
    assertEquals(await refusal(start, "Fuel"), "fuel_exhausted");
    const deep: OpaWat = {
      parts: "(func $d (param i32) (call $d (local.get 0)))",
      body: "(call $d (i32.const 1)) (unreachable)",
    };
    assertEquals(await failure(deep), "stack_exhausted");
    assertEquals(await failure({ body: "(unreachable)" }), "trap");
  });
});

describe("built-ins of opa-1", () => {
  const asked = (name: string, count: number, args: string, more: OpaWat = {}): OpaWat => ({
    builtins: `{"${name}":7}`,
    ...told(call(count, args)),
    ...more,
  });

  it("WASM-04 are looked at when the module is loaded: what is not listed is refused by name", async () => {
    for (const name of ["http.send", "opa.runtime", "rand.intn", "uuid.rfc4122", "regex.replace"]) {
      assertEquals(await refusal({ builtins: `{"${name}":0}` }, name), "builtin_refused");
    }
    for (const name of ["custom.func", "toString", "constructor", "SPRINTF", ""]) {
      assertEquals(await refusal({ builtins: `{"${name}":0}` }, `"${name}"`), "builtin_refused");
    }
    const second = '{"sprintf":0,"net.lookup_ip_addr":1}';
    assertEquals(await refusal({ builtins: second }, "net.lookup_ip_addr"), "builtin_refused");
  });

  it("get values and give one, each by its text", async () => {
    const given = asked("sprintf", 2, `${text} (i32.const 32800)`, {
      text: `"%v of %s"${"\0".repeat(22)}[3,"é"]`,
    });
    assertEquals(messages(await runOpa(given)), ["3 of é"]);
    assertEquals(messages(await runOpa(asked("hex.encode", 1, text, { text: '"é"' }))), ["c3a9"]);
  });

  it("that are undefined give the module 0", async () => {
    const given = asked("hex.decode", 1, text, { text: '"zz"' });
    // The answer is then undefined, which is no answer.
    assertEquals(await failure(given), "bad_output");
    const allow = await runOpa(given, { result: "allow" });
    assertEquals(allow.status === "ok" && allow.violations.length, 1);
  });

  it("show the request's time, and no other", async () => {
    const body = `(drop ${call(0, "")}) (i32.const 16384)`;
    const given: OpaWat = { builtins: '{"time.now_ns":7}', body };
    const now = "2026-11-22T18:00:00.000001Z";
    const result: OpaWat = {
      ...given,
      parts: "",
      body: `(call $wrap (call $quote ${call(0, "")}))`,
    };
    const quote = `(func $quote (param $n i32) (result i32) (local $to i32)
      (local.set $to (call $append (i32.const 40000) (i32.const 60200)))
      (drop (call $append (call $append (local.get $to) (local.get $n)) (i32.const 60200)))
      (i32.const 40000)) (data (i32.const 60200) "\\22")`;
    const outcome = await runOpa({ ...result, parts: quote }, { request: checkRequest({ now }) });
    assertEquals(messages(outcome), ["1795370400000001000"]);
    assertEquals(await failure(given, { request: checkRequest({ now: null }) }), "builtin_refused");
    assertEquals(await failure(given, { request: checkRequest({ now }) }), null);
  });

  it("WASM-03 called by another number, with another count, too early or from within", async () => {
    const named = '{"hex.encode":7}';
    const builtins = { builtins: named };
    const wrong = (args: string) => failure({ ...builtins, ...told(args), text: '"a"' });
    const other = "(call $builtin1 (i32.const 8) (i32.const 0) (i32.const 32768))";
    assertEquals(await wrong(other), "trap");
    assertEquals(await wrong(other.replace("8", "-1")), "trap");
    assertEquals(await wrong(call(0, "")), "trap");
    assertEquals(await wrong(call(2, `${text} ${text}`)), "trap");
    const early = `(func $s (drop ${call(1, text)})) (start $s)`;
    assertEquals(await refusal({ ...builtins, parts: early }, "may not"), "trap");
    const within: OpaWat = {
      ...asked("hex.encode", 1, text, { text: '"a"' }),
      replace: [[
        "(func $dump (param $at i32) (result i32) (local.get $at))",
        `
        (func $dump (param $at i32) (result i32) (local.get $at))
        (func $again (param $at i32) (result i32) ${call(1, "(local.get $at)")})`,
      ], [
        '(export "opa_value_dump" (func $dump))',
        '(export "opa_value_dump" (func $again))',
      ]],
    };
    assertEquals(await failure(within), "trap");
  });

  it("WASM-03 given what is no value: a trap, never the host's fault", async () => {
    const texts: (string | Uint8Array)[] = ["", "x", '"a', "[1", '{"a":1,2}', "{1:2,3}", "1 2"];
    texts.push('{"a":1,"a":2}', "set(", '"\\ud800"', '"\\x"', "01", "+1", `${"[".repeat(70)}`);
    texts.push(Uint8Array.of(0x22, 0xff, 0x22), "[".repeat(20_000), "\ufeff1", "NaN");
    for (const given of texts) {
      assertEquals(await failure(asked("hex.encode", 1, text, { text: given })), "trap");
    }
    assertEquals(await failure(asked("hex.encode", 1, "(i32.const -1)")), "trap");
  });

  it("WASM-01 cost what they read, write and do", async () => {
    const fuelOf = async (given: OpaWat) => (await runOpa(given, { result: "allow" })).fuel;
    const sized = (length: number) =>
      asked("hex.decode", 1, text, { text: `"${"z".repeat(length)}"` });
    assert(await fuelOf(sized(1_100)) - await fuelOf(sized(100)) >= 10_000);
    const sums = (length: number) =>
      asked("crypto.sha256", 1, text, { text: `"${"z".repeat(length)}"` });
    assert(await fuelOf(sums(1_100)) - await fuelOf(sums(100)) >= 20_000);
    const forever: OpaWat = {
      builtins: '{"crypto.sha256":7}',
      text: `"${"z".repeat(20_000)}"`,
      body: `(loop $on (drop ${call(1, text)}) (br $on)) (unreachable)`,
    };
    const start = performance.now();
    assertEquals(await failure(forever), "fuel_exhausted");
    assert(performance.now() - start < 1_000);
    const wide = asked("sprintf", 2, `${text} (i32.const 32800)`, {
      text: `"%999999d"${"\0".repeat(22)}[3]`,
    });
    assertEquals(
      await failure(wide, { limits: { fuel: 900_000, fuelPerInputByte: 0 } }),
      "fuel_exhausted",
    );
  });

  it("WASM-03 take no argument above their bound", async () => {
    const filled: OpaWat = {
      builtins: '{"hex.encode":7}',
      body: `(drop (memory.grow (i32.const 40)))
        (memory.fill (i32.const 32768) (i32.const 65) (i32.const 2000000))
        (call $wrap ${call(1, text)})`,
    };
    const limits = { fuel: 20_000_000 };
    assertEquals(await failure(filled, { limits }), "limit_exceeded");
    assertMatch(JSON.stringify(await runOpa(filled, { limits })), /Text is too long/);
  });

  it("print and trace go to the log", async () => {
    const given = asked("internal.print", 1, text, { text: '[{"a"},{1,"b"}]' });
    const outcome = await runOpa({ ...given, body: `(drop ${call(1, text)}) (i32.const 16384)` });
    assertEquals(outcome.status === "ok" && outcome.log, '[{"a"}, {1, "b"}]\n');
  });
});
