// deno-lint-ignore-file no-console -- it talks to the bench that started it
/** Milliseconds that a process needs to make its first module ready: `deno run meter_cold.ts FILE`. */
import { gateModule } from "../../src/sandbox/gate_module.ts";
import { meterModule } from "../../src/sandbox/meter_module.ts";
import { createMetered } from "../../src/sandbox/metered.ts";
import { kernelLimits, kernelSignatures } from "../support/kernel_limits.ts";

const bytes = Deno.readFileSync(Deno.args[0] ?? "");
const limits = kernelLimits;
const start = performance.now();
createMetered(meterModule(gateModule(bytes, { limits, signatures: kernelSignatures }), { limits }));
console.log(performance.now() - start);
