// deno-lint-ignore-file no-console -- prints what a test reads
/**
 * A process of its own: runs the same modules on the same input as often as it is told, and prints
 * each amount of fuel that came out, as JSON. Arguments: rounds, the kernels' module in base64.
 */
import { decodeBase64 } from "@std/encoding/base64";
import { decodeModule } from "../../src/sandbox/decode_module.ts";
import { meterModule } from "../../src/sandbox/meter_module.ts";
import { createMetered, fuelLeft, setFuel } from "../../src/sandbox/metered.ts";
import { randomWasm } from "./random_wasm.ts";
import { seeded } from "./seeded.ts";

const [rounds = "1", kernels = ""] = Deno.args;
const limits = { startFuel: 1_000_000, callDepth: 8_000, memoryPages: 512 };
const plenty = 1_000_000_000;

function compile(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  return createMetered(meterModule(decodeModule(bytes), { limits })).module;
}

function spend(module: WebAssembly.Module, run: (exports: WebAssembly.Exports) => void): number {
  const instance = new WebAssembly.Instance(module, { host: { log: () => {} } });
  setFuel(instance, plenty);
  try {
    run(instance.exports);
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
  }
  return plenty - fuelLeft(instance);
}

const invoke = (exports: WebAssembly.Exports, name: string, ...args: readonly unknown[]) =>
  (exports[name] as CallableFunction)(...args);

function runKernels(exports: WebAssembly.Exports): void {
  const memory = new Uint8Array((exports.memory as WebAssembly.Memory).buffer);
  for (let at = 0; at < 8_192; at++) memory[65_536 + at] = (at * 31) % 127;
  for (const name of ["sha256", "scan", "count"]) invoke(exports, name, 65_536, 8_192);
  invoke(exports, "fibonacci", 12);
}

/** The first functions of the module, until one traps; of a type that takes an i32 alone or more. */
function runRandom(exports: WebAssembly.Exports): void {
  for (let at = 0; at < 6; at++) {
    const { length } = exports[`f${at}`] as CallableFunction;
    try {
      invoke(exports, `f${at}`, 2, ...length > 1 ? [9] : []);
    } catch (error) {
      // An i64 parameter takes no number: that one is tried with another.
      if (!(error instanceof TypeError)) throw error;
      invoke(exports, `f${at}`, 2, 9n);
    }
  }
}

const draw = seeded(7);
const randoms = Array.from({ length: 40 }, () => compile(randomWasm(draw, true)));
const compiled = compile(decodeBase64(kernels) as Uint8Array<ArrayBuffer>);
const seen = new Set<string>();
for (let round = 0; round < Number(rounds); round++) {
  const spent = [spend(compiled, runKernels), ...randoms.map((one) => spend(one, runRandom))];
  seen.add(JSON.stringify(spent));
}
console.log(JSON.stringify([...seen]));
