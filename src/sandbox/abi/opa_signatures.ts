/**
 * What a module made by `opa build -t wasm` imports and exports: the OPA WebAssembly ABI, versions
 * 1.0 to 1.3. Only what the host uses is asked for.
 *
 * @module
 */
import type { AbiSignatures, ExportSignature, ImportSignature } from "../abi_signatures.ts";

export const opaModule = "env";
/** Names of the imports a module calls its built-ins through, by their number of arguments. */
export const opaDispatchers = [
  "opa_builtin0",
  "opa_builtin1",
  "opa_builtin2",
  "opa_builtin3",
  "opa_builtin4",
] as const;

function functionImport(name: string, params: number, results: 0 | 1): ImportSignature {
  return {
    module: opaModule,
    name,
    signature: { kind: "function", params: words(params), results: words(results) },
    isRequired: false,
  };
}

function functionExport(name: string, params: number, results: 0 | 1): ExportSignature {
  return {
    name,
    signature: { kind: "function", params: words(params), results: words(results) },
    isRequired: true,
  };
}

function words(count: number): readonly "i32"[] {
  return Array.from({ length: count }, () => "i32");
}

function versionExport(name: string): ExportSignature {
  return { name, signature: { kind: "global", type: "i32", isMutable: false }, isRequired: true };
}

export const opaSignatures: AbiSignatures = {
  abi: "opa-1",
  imports: [
    { module: opaModule, name: "memory", signature: { kind: "memory" }, isRequired: true },
    functionImport("opa_abort", 1, 0),
    functionImport("opa_println", 1, 0),
    // Each has the number of the built-in and a context before its arguments.
    ...opaDispatchers.map((name, count) => functionImport(name, 2 + count, 1)),
  ],
  exports: [
    versionExport("opa_wasm_abi_version"),
    versionExport("opa_wasm_abi_minor_version"),
    functionExport("builtins", 0, 1),
    functionExport("entrypoints", 0, 1),
    functionExport("eval", 1, 1),
    functionExport("opa_eval_ctx_new", 0, 1),
    functionExport("opa_eval_ctx_set_input", 2, 0),
    functionExport("opa_eval_ctx_set_data", 2, 0),
    functionExport("opa_eval_ctx_set_entrypoint", 2, 0),
    functionExport("opa_eval_ctx_get_result", 1, 1),
    functionExport("opa_malloc", 1, 1),
    functionExport("opa_heap_ptr_get", 0, 1),
    functionExport("opa_json_parse", 2, 1),
    functionExport("opa_json_dump", 1, 1),
    functionExport("opa_value_parse", 2, 1),
    functionExport("opa_value_dump", 1, 1),
    // Since 1.2.
    { ...functionExport("opa_eval", 7, 1), isRequired: false },
    // Since 1.1.
    { name: "memory", signature: { kind: "memory" }, isRequired: false },
  ],
  allowsStart: true,
};
