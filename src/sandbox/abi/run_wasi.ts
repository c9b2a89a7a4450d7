/**
 * wasi-cmd: a WASI preview 1 command, the way in for any language. The request is its standard
 * input, the answer its standard output, and it has to end with 0.
 *
 * @module
 */
import { CheckFailure } from "../../core/check/check_failure.ts";
import type { CheckJob } from "../../core/check/check_job.ts";
import { sha256 } from "../../core/integrity/sha256.ts";
import type { MeteredModule } from "../metered.ts";
import { parseCheckOutput } from "../parse_check_output.ts";
import type { Abi, AbiHost, HostAnswer, Spending } from "./abi_host.ts";
import { exportedFunction, exportedMemory } from "./exported.ts";
import { WasiCaller } from "./wasi_caller.ts";
import { WasiExit, WasiFacts } from "./wasi_facts.ts";
import { type WasiFunctionName, wasiModule, wasiSignatures } from "./wasi_signatures.ts";
import { WasiStreams } from "./wasi_streams.ts";

type WasiFunctions = Readonly<
  Record<WasiFunctionName, (first: number, second: number, third: number, last: number) => number>
>;

/** A host for one module; what it knows of it are its limits and, if it asks, its hash. */
export function createWasiHost(metered: MeteredModule, job: CheckJob): AbiHost {
  const asksRandom = metered.imports.some(({ name }) => name === "random_get");
  const moduleHash = asksRandom ? sha256(job.module) : null;
  return { run: (request, spend) => runWasi(request, spend, { job, moduleHash }) };
}

interface WasiCommand {
  readonly job: CheckJob;
  readonly moduleHash: Uint8Array | null;
}

function runWasi(request: Uint8Array, spend: Spending, command: WasiCommand): HostAnswer {
  const caller = new WasiCaller(spend);
  const streams = new WasiStreams(caller, request, command.job.limits);
  const facts = new WasiFacts(caller, request, command.moduleHash);
  const instance = spend.start(wasiImports(streams, facts));
  caller.attach(exportedMemory(instance));
  spend.handOver();
  const status = exitStatus(() => exportedFunction(instance, "_start")());
  if (status !== 0) {
    throw new CheckFailure("nonzero_exit", `Command ended with ${status}, wanted 0`);
  }
  return streams.answer();
}

function exitStatus(run: () => void): number {
  try {
    run();
    return 0;
  } catch (thrown) {
    if (thrown instanceof WasiExit) return thrown.status;
    throw thrown;
  }
}

function wasiImports(streams: WasiStreams, facts: WasiFacts): WebAssembly.Imports {
  const functions: WasiFunctions = {
    args_get: (pointersAt, bytesAt) => facts.arguments(pointersAt, bytesAt),
    args_sizes_get: (countAt, bytesAt) => facts.argumentSizes(countAt, bytesAt),
    clock_time_get: (clock, _precision, timeAt) => facts.time(clock, timeAt),
    environ_get: () => facts.environment(),
    environ_sizes_get: (countAt, bytesAt) => facts.environmentSizes(countAt, bytesAt),
    fd_close: (fd) => streams.close(fd),
    fd_fdstat_get: (fd, statusAt) => streams.status(fd, statusAt),
    fd_prestat_dir_name: () => streams.noFolder(),
    fd_prestat_get: () => streams.noFolder(),
    fd_read: (fd, list, count, readAt) => streams.read(fd, list, count, readAt),
    fd_seek: (fd) => streams.seek(fd),
    fd_write: (fd, list, count, writtenAt) => streams.write(fd, list, count, writtenAt),
    proc_exit: (status) => facts.exit(status),
    random_get: (at, length) => facts.random(at, length),
    sched_yield: () => facts.yield(),
  };
  // SECURITY: without a prototype there is nothing to be found that was not put here.
  const imports = Object.assign(Object.create(null), {
    [wasiModule]: Object.freeze(Object.assign(Object.create(null), functions)),
  });
  return Object.freeze(imports);
}

export const wasiAbi: Abi = {
  signatures: wasiSignatures,
  createHost: createWasiHost,
  parseOutput: parseCheckOutput,
};
