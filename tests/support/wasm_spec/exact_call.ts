import { buildWasm, i32, op, s64, u32, v128 } from "../wasm_builder.ts";
import type { SpecValue } from "./spec_command.ts";
import {
  hostReference,
  isNumeric,
  showBits,
  type Shown,
  showReference,
  writeBits,
} from "./spec_value.ts";

/** The types of an exported function, as their bytes in the format. */
export interface Signature {
  readonly params: readonly number[];
  readonly results: readonly number[];
}

const names: Readonly<Record<number, string>> = {
  0x7f: "i32",
  0x7e: "i64",
  0x7d: "f32",
  0x7c: "f64",
  0x7b: "v128",
  0x70: "funcref",
  0x6f: "externref",
};

interface Caller {
  readonly call: CallableFunction;
  readonly memory: WebAssembly.Memory;
}

const modules = new Map<string, WebAssembly.Module>();

/**
 * Calls an exported function with every bit as given, and shows every bit of what comes back: a
 * module of its own loads the arguments from a memory and stores the results in it, because values
 * lose bits of NaNs, and vectors everything, on the way through JavaScript.
 */
export function callExactly(
  target: WebAssembly.ExportValue,
  signature: Signature,
  args: readonly SpecValue[],
): readonly Shown[] {
  const { call, memory } = openCaller(target, signature);
  const view = new DataView(memory.buffer);
  const references: unknown[] = [];
  for (const [at, arg] of args.entries()) {
    if (isNumeric(arg.type)) writeBits(view, at * 16, arg);
    else references.push(hostReference(arg));
  }
  const returned: unknown = call(...references);
  const returnedReferences = Array.isArray(returned) ? returned : [returned];
  let next = 0;
  return signature.results.map((type, at) => {
    const name = names[type] ?? "";
    return isNumeric(name)
      ? showBits(view, resultsAt + at * 16, name)
      : showReference(returnedReferences[next++]);
  });
}

const resultsAt = 32_768;

function openCaller(target: WebAssembly.ExportValue, signature: Signature): Caller {
  const key = `${signature.params.join()}>${signature.results.join()}`;
  const module = modules.get(key) ?? new WebAssembly.Module(buildCaller(signature));
  modules.set(key, module);
  const { exports } = new WebAssembly.Instance(module, { t: { f: target } });
  return { call: exports.call as CallableFunction, memory: exports.memory as WebAssembly.Memory };
}

function buildCaller({ params, results }: Signature): Uint8Array<ArrayBuffer> {
  const isReference = (type: number) => type < 0x7b;
  const outerParams = params.filter(isReference);
  const outerResults = results.filter(isReference);
  const body: number[] = [];
  let reference = 0;
  for (const [at, type] of params.entries()) {
    if (isReference(type)) body.push(op.localGet, ...u32(reference++));
    else body.push(op.i32Const, ...s64(at * 16), ...access(type, 0x28, 0x00));
  }
  body.push(op.call, 0);
  const local = (at: number) => u32(outerParams.length + at);
  for (let at = results.length - 1; at >= 0; at--) body.push(op.localSet, ...local(at));
  for (const [at, type] of results.entries()) {
    if (isReference(type)) continue;
    body.push(op.i32Const, ...s64(resultsAt + at * 16), op.localGet, ...local(at));
    body.push(...access(type, 0x36, 0x0b));
  }
  for (const [at, type] of results.entries()) {
    if (isReference(type)) body.push(op.localGet, ...local(at));
  }
  return buildWasm({
    types: [[params, results], [outerParams, outerResults]],
    imports: [["t", "f", [0, 0]]],
    functions: [{ type: 1, locals: results.map((type) => [1, type]), body }],
    memories: [[0, 1]],
    exports: [["call", "function", 1], ["memory", "memory", 0]],
  });
}

/** A load or a store, with byte alignment; the opcodes of the four types follow one another. */
function access(type: number, first: number, vector: number): number[] {
  return type === v128 ? [op.vector, vector, 0, 0] : [first + i32 - type, 0, 0];
}
