/**
 * native-1: the smallest ABI. The module gives room for the request, then answers with a pointer.
 *
 *     memory
 *     check_alloc(length: i32) -> i32
 *     check_eval(pointer: i32, length: i32) -> i64    pointer << 32 | length of the answer
 *     _initialize()                                   if there is one, called first
 *
 * @module
 */
import { CheckFailure } from "../../core/check/check_failure.ts";
import type { CheckJob } from "../../core/check/check_job.ts";
import type { AbiSignatures } from "../abi_signatures.ts";
import type { MeteredModule } from "../metered.ts";
import { parseCheckOutput } from "../parse_check_output.ts";
import type { Abi, AbiHost, HostAnswer, Spending } from "./abi_host.ts";
import { exportedFunction, exportedMemory, optionalFunction } from "./exported.ts";
import { GuestMemory } from "./guest_memory.ts";

export const nativeSignatures: AbiSignatures = {
  abi: "native-1",
  imports: [],
  exports: [
    { name: "memory", signature: { kind: "memory" }, isRequired: true },
    {
      name: "check_alloc",
      signature: { kind: "function", params: ["i32"], results: ["i32"] },
      isRequired: true,
    },
    {
      name: "check_eval",
      signature: { kind: "function", params: ["i32", "i32"], results: ["i64"] },
      isRequired: true,
    },
    {
      name: "_initialize",
      signature: { kind: "function", params: [], results: [] },
      isRequired: false,
    },
  ],
  allowsStart: true,
};

const noImports: WebAssembly.Imports = Object.freeze(Object.create(null));
const noLog = new Uint8Array(0);

/** A host that has nothing to offer: the module can only be called. */
export function createNativeHost(_metered: MeteredModule, job: CheckJob): AbiHost {
  return { run: (request, spend) => runNative(request, spend, job.limits.outputBytes) };
}

function runNative(request: Uint8Array, spend: Spending, maxOutput: number): HostAnswer {
  const instance = spend.start(noImports);
  optionalFunction(instance, "_initialize")?.();
  const memory = new GuestMemory(exportedMemory(instance), "bad_output");
  spend.handOver();
  const pointer = Number(exportedFunction(instance, "check_alloc")(request.length)) >>> 0;
  if (pointer === 0) throw new CheckFailure("trap", "check_alloc gave no room for the request");
  memory.slice(pointer, request.length).set(request);
  const packed = BigInt(
    exportedFunction(instance, "check_eval")(pointer | 0, request.length) as bigint,
  );
  const length = Number(BigInt.asUintN(32, packed));
  if (length > maxOutput) {
    throw new CheckFailure(
      "limit_exceeded",
      `Answer is too long: got ${length} bytes, wanted at most ${maxOutput}`,
    );
  }
  const answer = memory.slice(Number(BigInt.asUintN(32, packed >> 32n)), length);
  return { output: answer.slice(), log: noLog };
}

export const nativeAbi: Abi = {
  signatures: nativeSignatures,
  createHost: createNativeHost,
  parseOutput: parseCheckOutput,
};
