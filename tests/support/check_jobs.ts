/** Checks written in WAT, opened as the product opens them, and what they were asked. */
import type {
  CheckAbi,
  CheckJob,
  CheckOutcome,
  LoadedCheck,
} from "../../src/core/check/check_job.ts";
import { type CheckLimits, defaultCheckLimits } from "../../src/core/check/check_limits.ts";
import { type CheckRequest, encodeCheckRequest } from "../../src/core/check/check_request.ts";
import { loadCheck } from "../../src/sandbox/load_check.ts";
import { assembleWat } from "./wat.ts";

export interface JobOptions {
  readonly abi?: CheckAbi;
  readonly limits?: Partial<CheckLimits>;
}

export function checkJob(module: Uint8Array, options: JobOptions = {}): CheckJob {
  return {
    module,
    abi: options.abi ?? "native-1",
    entrypoint: null,
    result: "violations",
    data: null,
    limits: { ...defaultCheckLimits, ...options.limits },
  };
}

export function checkRequest(fields: Partial<CheckRequest> = {}): Uint8Array<ArrayBuffer> {
  return encodeCheckRequest({
    v: 1,
    kind: "operation",
    operation: { type: "file_write", affected_files: ["src/a.ts"] },
    settings: {},
    policy: { id: "test", version: "1" },
    now: null,
    ...fields,
  });
}

/** Assembles, opens and runs once. */
export async function runWat(
  text: string,
  options: JobOptions & { readonly request?: Uint8Array } = {},
): Promise<CheckOutcome> {
  return (await loadWat(text, options)).run(options.request ?? checkRequest());
}

export async function loadWat(text: string, options: JobOptions = {}): Promise<LoadedCheck> {
  return loadCheck(checkJob(await assembleWat(text), options));
}

/** A native-1 module: 64 KiB, the request at 32768, and `body` as what check_eval does. */
export function nativeWat(body: string, parts = ""): string {
  return `(module
    (memory (export "memory") 1)
    (func (export "check_alloc") (param i32) (result i32) (i32.const 32768))
    ${parts}
    (func (export "check_eval") (param $at i32) (param $length i32) (result i64) ${body}))`;
}

/** One that answers with `text`, which lies at 1024. */
export function answeringWat(text: string, before = ""): string {
  const bytes = new TextEncoder().encode(text);
  return nativeWat(
    `${before} (i64.or (i64.shl (i64.const 1024) (i64.const 32)) (i64.const ${bytes.length}))`,
    `(data (i32.const 1024) "${watBytes(bytes)}")`,
  );
}

/** Bytes as a WAT string's escapes. */
export function watBytes(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("");
}
