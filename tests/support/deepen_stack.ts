// deno-lint-ignore-file no-console -- prints what a test reads
/**
 * A process of its own: lets functions of many shapes call themselves until something stops them,
 * at the highest depth a policy can give, and prints those that V8 stopped and not the meter.
 */
import { checkCeilings } from "../../src/core/check/check_limits.ts";
import { decodeModule } from "../../src/sandbox/decode_module.ts";
import { meterModule } from "../../src/sandbox/meter_module.ts";
import { createMetered, depthLeft } from "../../src/sandbox/metered.ts";
import { buildWasm, f64, i32, i64, op, s64, u32, v128 } from "./wasm_builder.ts";

interface Shape {
  readonly params: readonly number[];
  readonly results: number;
  readonly locals: number;
  readonly type: number;
  /** Values on the stack below the arguments. */
  readonly height: number;
}

/** Something of that type that no compiler knows beforehand. */
function makeValue(type: number, seed: number): number[] {
  const number = [op.globalGet, 0, op.i32Const, ...s64(seed), op.i32Add];
  if (type === i64) return [...number, 0xad];
  if (type === f64) return [...number, 0xb7];
  return type === v128 ? [...number, op.vector, 0x11] : number;
}

/** Keeps a value alive up to here. */
function useValue(type: number): number[] {
  const narrow = { [i64]: [0xa7], [f64]: [op.bulk, 2], [v128]: [op.vector, 0x1b, 0] }[type] ?? [];
  return [...narrow, op.globalGet, 0, op.i32Add, op.globalSet, 0];
}

function build({ params, results, locals, type, height }: Shape): Uint8Array<ArrayBuffer> {
  const body: number[] = [];
  const local = (at: number) => u32(params.length + at);
  for (let at = 0; at < locals; at++) body.push(...makeValue(type, at), op.localSet, ...local(at));
  for (let at = 0; at < height; at++) body.push(...makeValue(type, at));
  for (const at of params.keys()) body.push(op.localGet, ...u32(at));
  body.push(op.call, 0);
  for (let at = 0; at < results; at++) body.push(...useValue(i32));
  for (let at = 0; at < height; at++) body.push(...useValue(type));
  for (let at = 0; at < locals; at++) body.push(op.localGet, ...local(at), ...useValue(type));
  for (const [at, param] of params.entries()) {
    body.push(op.localGet, ...u32(at), ...useValue(param));
  }
  for (let at = 0; at < results; at++) body.push(...makeValue(i32, at));
  const start = [...params.flatMap((param, at) => makeValue(param, at)), op.call, 0];
  return buildWasm({
    types: [[params, Array(results).fill(i32)], [[], []]],
    functions: [
      { type: 0, locals: locals > 0 ? [[locals, type]] : [], body },
      { type: 1, body: [...start, ...Array(results).fill(op.drop)] },
    ],
    globals: [[i32, 1, op.i32Const, 0, op.end]],
    exports: [["f", "function", 1]],
  });
}

const shapes: Shape[] = [];
for (const type of [i32, i64, f64, v128]) {
  for (const count of [0, 1, 2, 5, 10, 40, 200]) {
    const none = { params: [], results: 0, locals: 0, type, height: 0 };
    shapes.push({ ...none, locals: count }, { ...none, height: count });
    shapes.push({ ...none, params: Array(count).fill(type) }, { ...none, results: count });
    shapes.push({ params: [type], results: 1, locals: count, type, height: count });
  }
}

const limits = { startFuel: 2 ** 40, callDepth: checkCeilings.callDepth, memoryPages: 1 };
const stoppedByV8: string[] = [];
for (const shape of shapes) {
  const metered = meterModule(decodeModule(build(shape)), { limits });
  const instance = new WebAssembly.Instance(createMetered(metered).module);
  try {
    (instance.exports.f as CallableFunction)();
    stoppedByV8.push(`${JSON.stringify(shape)}: nothing stopped it`);
  } catch (error) {
    const isMeter = error instanceof WebAssembly.RuntimeError && depthLeft(instance) < 0;
    if (!isMeter) {
      stoppedByV8.push(`${JSON.stringify(shape)}: ${error}, ${depthLeft(instance)} left`);
    }
  }
}
console.log(JSON.stringify({ shapes: shapes.length, stoppedByV8 }));
