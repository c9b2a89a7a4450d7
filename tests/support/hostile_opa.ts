/** Modules that look like what `opa build -t wasm` makes, and are not. */
import type { HostileCheck } from "./hostile_checks.ts";
import { type OpaWat, opaWat } from "./opa_wat.ts";
import { assembleWat } from "./wat.ts";

function row(
  title: string,
  code: HostileCheck["code"],
  given: OpaWat,
  lines = "",
): HostileCheck {
  const more = lines === "" ? {} : { lines };
  return { title, code, abi: "opa-1", build: () => assembleWat(opaWat(given)), ...more };
}

const forEver = "(loop $on (br $on)) (i32.const 16384)";
const calling = (builtins: string, body: string, text = '"x"') => ({ builtins, body, text });
const again = (call: string) => `(loop $on (drop ${call}) (br $on)) (i32.const 16384)`;

export const hostileOpa: readonly HostileCheck[] = [
  row("WASM-03 policy that finds nothing", null, {}),
  row("WASM-01 policy that never ends", "fuel_exhausted", { body: forEver }),
  row("WASM-01 policy that loops in its start section", "fuel_exhausted", {
    parts: "(func $start (loop $on (br $on))) (start $start)",
  }),
  row("WASM-01 policy that loops when asked for its names", "fuel_exhausted", {
    replace: [[
      '(func (export "builtins") (result i32)',
      '(func (export "builtins") (result i32) (loop $on (br $on))',
    ]],
  }),
  row("WASM-03 result without an end, in a memory full of letters", "limit_exceeded", {
    body: `(memory.fill (i32.const 16384) (i32.const 0x61) (i32.const 114688)) (i32.const 16384)`,
  }),
  row("WASM-03 result without an end, in the most memory there may be", "limit_exceeded", {
    body: `(drop (memory.grow (i32.const 510)))
      (memory.fill (i32.const 131072) (i32.const 0x61) (i32.const 33423360)) (i32.const 131072)`,
  }),
  row("WASM-03 result past the memory", "bad_output", { body: "(i32.const -1)" }),
  row("WASM-03 result at nothing", "bad_output", { body: "(i32.const 0)" }),
  row("WASM-03 names without an end", "invalid_module", {
    memory: "2",
    builtins: "a".repeat(7_000),
    entrypoints: "a".repeat(8_000),
  }),
  row("WASM-10 policy that answers nothing", "bad_output", { result: "[]" }),
  row("WASM-10 policy that answers true where a list is wanted", "bad_output", {
    result: '[{"result":true}]',
  }),
  row("WASM-10 policy that says allow: 1", null, { result: '[{"result":[]}]' }),
  row("WASM-10 policy with two results", "bad_output", { result: '[{"result":[]},{"result":[]}]' }),
  row("WASM-03 policy that gives up", "abort", {
    body: "(call $abort (i32.const 8192)) (i32.const 0)",
  }),
  row("WASM-03 policy that traps", "trap", { body: "(unreachable)" }),
  ...["http.send", "opa.runtime", "rand.intn", "uuid.rfc4122", "net.lookup_ip_addr", "no.such"].map(
    (name) =>
      row(`WASM-04 policy that wants ${name}`, "builtin_refused", { builtins: `{"${name}":0}` }),
  ),
  row("WASM-04 policy that wants __proto__", "invalid_module", { builtins: '{"__proto__":0}' }),
  row("WASM-04 policy that wants constructor", "builtin_refused", {
    builtins: '{"constructor":0}',
  }),
  row(
    "WASM-03 policy that calls what it did not name",
    "trap",
    calling("{}", "(call $builtin1 (i32.const 7) (i32.const 0) (i32.const 32768))"),
  ),
  row(
    "WASM-01 policy that has a built-in work for ever",
    "fuel_exhausted",
    calling(
      '{"urlquery.encode":0}',
      again("(call $builtin1 (i32.const 0) (i32.const 0) (i32.const 32768))"),
      JSON.stringify("a".repeat(10_000)),
    ),
  ),
  row("WASM-01 policy that prints for ever", "fuel_exhausted", {
    body: "(loop $on (call $println (i32.const 8192)) (br $on)) (i32.const 0)",
  }),
  row("WASM-03 policy of another version", "invalid_module", { version: [2, 0] }),
  row("WASM-03 policy without the entrypoint", "invalid_module", {}, "    entrypoint: no/such\n"),
  row("WASM-02 policy that wants 4 GiB", "limit_exceeded", { memory: "65536" }),
  row("WASM-02 policy that wants more than there is", "limit_exceeded", { memory: "513" }),
];
