/**
 * What a module of `wasi-cmd` may import: the part of WASI preview 1 that reaches nothing.
 *
 * @module
 */
import type { AbiSignatures, ImportSignature } from "../abi_signatures.ts";
import type { ValueTypeName } from "../decoded_module.ts";

export const wasiModule = "wasi_snapshot_preview1";

/** Parameters of each; all give an errno, save `proc_exit`, which gives nothing. */
const parameters = {
  args_get: ["i32", "i32"],
  args_sizes_get: ["i32", "i32"],
  clock_time_get: ["i32", "i64", "i32"],
  environ_get: ["i32", "i32"],
  environ_sizes_get: ["i32", "i32"],
  fd_close: ["i32"],
  fd_fdstat_get: ["i32", "i32"],
  fd_prestat_dir_name: ["i32", "i32", "i32"],
  fd_prestat_get: ["i32", "i32"],
  fd_read: ["i32", "i32", "i32", "i32"],
  fd_seek: ["i32", "i64", "i32", "i32"],
  fd_write: ["i32", "i32", "i32", "i32"],
  proc_exit: ["i32"],
  random_get: ["i32", "i32"],
  sched_yield: [],
} as const satisfies Readonly<Record<string, readonly ValueTypeName[]>>;

export type WasiFunctionName = keyof typeof parameters;

export const wasiSignatures: AbiSignatures = {
  abi: "wasi-cmd",
  imports: Object.entries(parameters).map(([name, params]): ImportSignature => ({
    module: wasiModule,
    name,
    signature: { kind: "function", params, results: name === "proc_exit" ? [] : ["i32"] },
    isRequired: false,
  })),
  exports: [
    { name: "memory", signature: { kind: "memory" }, isRequired: true },
    {
      name: "_start",
      signature: { kind: "function", params: [], results: [] },
      isRequired: true,
    },
  ],
  allowsStart: true,
};
