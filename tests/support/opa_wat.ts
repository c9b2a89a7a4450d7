/**
 * A stand-in for what `opa build -t wasm` makes, small enough to be broken in every way: a value's
 * address is that of its text. The real ones are in tests/system/opa_modules_test.ts.
 */
import type { CheckJob, CheckOutcome, LoadedCheck } from "../../src/core/check/check_job.ts";
import { loadCheck } from "../../src/sandbox/load_check.ts";
import { checkJob, checkRequest, type JobOptions, watBytes } from "./check_jobs.ts";
import { assembleWat } from "./wat.ts";

export interface OpaWat {
  /** What `opa_eval` gives, or, before 1.2, `opa_eval_ctx_get_result`: text at 16384. */
  readonly result?: string | Uint8Array;
  /** What `opa_eval` does instead: locals $entrypoint, $data, $input; gives an address. */
  readonly body?: string;
  readonly builtins?: string;
  readonly entrypoints?: string;
  /** Text at 32768, without a 0 after it but the memory's own. */
  readonly text?: string | Uint8Array;
  readonly version?: readonly [number, number];
  readonly memory?: string;
  /** More fields of the module. */
  readonly parts?: string;
  readonly replace?: readonly (readonly [string, string])[];
}

const dispatchers = [0, 1, 2, 3, 4].map((count) =>
  `(import "env" "opa_builtin${count}"
    (func $builtin${count} (param${" i32".repeat(count + 2)}) (result i32)))`
);

export function opaWat(given: OpaWat = {}): string {
  const [major, minor] = given.version ?? [1, 3];
  const body = given.body ?? "(i32.const 16384)";
  const text = `(module
    (import "env" "memory" (memory ${given.memory ?? "2"}))
    (import "env" "opa_abort" (func $abort (param i32)))
    (import "env" "opa_println" (func $println (param i32)))
    ${dispatchers.join("\n")}
    (global (export "opa_wasm_abi_version") i32 (i32.const ${major}))
    (global (export "opa_wasm_abi_minor_version") i32 (i32.const ${minor}))
    (global $heap (mut i32) (i32.const 65536))
    ${data(1_024, given.builtins ?? "{}")}
    ${data(8_192, given.entrypoints ?? '{"policy/deny":0}')}
    ${data(16_384, given.result ?? '[{"result":[]}]')}
    ${data(32_768, given.text ?? "")}
    ${data(60_000, '[{"result":[')} ${data(60_020, "]}]")}
    (func (export "builtins") (result i32) (i32.const 1024))
    (func (export "entrypoints") (result i32) (i32.const 8192))
    ${allocator}
    (func $parse (param $at i32) (param $length i32) (result i32) (local $to i32)
      (local.set $to (call $malloc (i32.add (local.get $length) (i32.const 1))))
      (memory.copy (local.get $to) (local.get $at) (local.get $length))
      (local.get $to))
    (func $dump (param $at i32) (result i32) (local.get $at))
    (export "opa_json_parse" (func $parse)) (export "opa_value_parse" (func $parse))
    (export "opa_json_dump" (func $dump)) (export "opa_value_dump" (func $dump))
    ${wrap}
    ${steps}
    ${given.parts ?? ""}
    (func $evaluate (param $entrypoint i32) (param $data i32) (param $input i32)
      (result i32) ${body})
    (func (export "opa_eval") (param $zero i32) (param $entrypoint i32) (param $data i32)
      (param $input i32) (param $length i32) (param $free i32) (param $format i32) (result i32)
      (call $evaluate (local.get $entrypoint) (local.get $data)
        (call $parse (local.get $input) (local.get $length)))))`;
  return (given.replace ?? []).reduce((whole, [from, to]) => {
    if (!whole.includes(from)) throw new Error(`no ${from} to replace`);
    return whole.replace(from, to);
  }, text);
}

function data(at: number, text: string | Uint8Array): string {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return `(data (i32.const ${at}) "${watBytes(bytes)}")`;
}

const allocator = `
  (func $malloc (export "opa_malloc") (param $length i32) (result i32) (local $at i32)
    (local.set $at (global.get $heap))
    (global.set $heap (i32.add (global.get $heap) (local.get $length)))
    (block $fits
      (br_if $fits (i32.le_u (global.get $heap) (i32.mul (memory.size) (i32.const 65536))))
      (drop (memory.grow (i32.add (i32.const 1)
        (i32.div_u (local.get $length) (i32.const 65536))))))
    (local.get $at))
  (func (export "opa_heap_ptr_get") (result i32) (global.get $heap))`;

/** [{"result":[TEXT]}] of the text at an address; [] of 0. */
const wrap = `
  (func $append (param $to i32) (param $from i32) (result i32)
    (loop $next
      (i32.store8 (local.get $to) (i32.load8_u (local.get $from)))
      (if (i32.load8_u (local.get $from)) (then
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (br $next))))
    (local.get $to))
  (func $wrap (param $text i32) (result i32) (local $to i32)
    (if (i32.eqz (local.get $text)) (then (return (i32.const 60100))))
    (local.set $to (call $malloc (i32.const 20000)))
    (drop (call $append (call $append (call $append (local.get $to) (i32.const 60000))
      (local.get $text)) (i32.const 60020)))
    (local.get $to))
  (data (i32.const 60100) "[]")`;

/** ABI 1.0 and 1.1: a context is its input, its data and its entrypoint, each of 4 bytes. */
const steps = `
  (func (export "opa_eval_ctx_new") (result i32) (call $malloc (i32.const 16)))
  (func (export "opa_eval_ctx_set_input") (param i32 i32)
    (i32.store (local.get 0) (local.get 1)))
  (func (export "opa_eval_ctx_set_data") (param i32 i32)
    (i32.store offset=4 (local.get 0) (local.get 1)))
  (func (export "opa_eval_ctx_set_entrypoint") (param i32 i32)
    (i32.store offset=8 (local.get 0) (local.get 1)))
  (func (export "eval") (param $c i32) (result i32)
    (i32.store offset=12 (local.get $c) (call $evaluate (i32.load offset=8 (local.get $c))
      (i32.load offset=4 (local.get $c)) (i32.load (local.get $c))))
    (i32.const 0))
  (func (export "opa_eval_ctx_get_result") (param i32) (result i32)
    (i32.load offset=12 (local.get 0)))`;

export interface OpaJob extends JobOptions {
  readonly entrypoint?: string;
  readonly result?: CheckJob["result"];
  readonly data?: string | Uint8Array;
}

export function opaJob(module: Uint8Array, options: OpaJob = {}): CheckJob {
  const { data, entrypoint = null, result = "violations" } = options;
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data ?? null;
  return { ...checkJob(module, { ...options, abi: "opa-1" }), entrypoint, result, data: bytes };
}

export async function loadOpa(given: OpaWat, options: OpaJob = {}): Promise<LoadedCheck> {
  return loadCheck(opaJob(await assembleWat(opaWat(given)), options));
}

/** Assembles, opens and runs once. */
export async function runOpa(
  given: OpaWat,
  options: OpaJob & { readonly request?: Uint8Array | string } = {},
): Promise<CheckOutcome> {
  const { request = checkRequest() } = options;
  const bytes = typeof request === "string" ? new TextEncoder().encode(request) : request;
  return (await loadOpa(given, options)).run(bytes);
}
