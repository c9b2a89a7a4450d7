/**
 * opa-1: any module made by `opa build -t wasm`. The request is its `input`; the policy's data
 * document its `data`; what an entrypoint gives is the answer.
 *
 * @module
 */
import { CheckFailure } from "../../core/check/check_failure.ts";
import type { CheckJob } from "../../core/check/check_job.ts";
import type { MemoryUse } from "../memory_account.ts";
import type { MeteredModule } from "../metered.ts";
import { nameFailure } from "../name_failure.ts";
import { RunSpending } from "../run_spending.ts";
import type { Abi, AbiHost, HostAnswer, Spending } from "./abi_host.ts";
import { requireOpaData } from "./opa/require_opa_data.ts";
import { bindBuiltins, parseOpaNames, selectEntrypoint } from "./opa/parse_opa_names.ts";
import { type BoundBuiltins, OpaCaller } from "./opa_caller.ts";
import { OpaGuest } from "./opa_guest.ts";
import { parseOpaResult } from "./opa/parse_opa_result.ts";
import { opaSignatures } from "./opa_signatures.ts";

/** What was asked of the module once, when it was loaded. */
interface OpaPolicy {
  readonly metered: MeteredModule;
  readonly job: CheckJob;
  /** JSON. */
  readonly data: Uint8Array;
  readonly entrypoint: number;
  readonly builtins: BoundBuiltins;
}

interface OpenedPolicy {
  readonly guest: OpaGuest;
  readonly caller: OpaCaller;
  /** Address of the data document. */
  readonly data: number;
}

const noRequest = new Uint8Array(0);

/**
 * Opens the module once, as a run does, and asks it what it needs and offers.
 *
 * @throws {CheckFailure} `builtin_refused`, `invalid_module`, `settings_refused` for data that is
 *   no JSON; or what went wrong in the module.
 */
export function createOpaHost(
  metered: MeteredModule,
  job: CheckJob,
  use: MemoryUse,
): AbiHost {
  const data = requireOpaData(job.data);
  const spending = new RunSpending(metered, job.limits, 0);
  const unasked = { metered, job, data, entrypoint: 0, builtins: new Map() };
  try {
    const { guest } = openPolicy(unasked, spending, noRequest);
    requireOneCall(metered, guest.minorVersion());
    spending.handOver();
    const builtins = bindBuiltins(parseOpaNames(guest.readList("builtins"), "builtins"));
    const entrypoints = parseOpaNames(guest.readList("entrypoints"), "entrypoints");
    const policy = { ...unasked, builtins, entrypoint: selectEntrypoint(entrypoints, job) };
    return { run: (request, spend) => runOpa(policy, spend, request) };
  } catch (thrown) {
    throw nameFailure(thrown, spending);
  } finally {
    use.leaves(spending.memoryBytes());
  }
}

function requireOneCall({ exports }: MeteredModule, minorVersion: number): void {
  if (minorVersion < 2 || exports.has("opa_eval")) return;
  const message = `export "opa_eval": got none, wanted it for OPA ABI 1.${minorVersion}`;
  throw new CheckFailure("invalid_module", message);
}

function runOpa(policy: OpaPolicy, spend: Spending, request: Uint8Array): HostAnswer {
  const { guest, caller, data } = openPolicy(policy, spend, request);
  spend.handOver();
  const { entrypoint, job: { limits: { outputBytes: maxOutput } } } = policy;
  const output = guest.evaluate({ data, input: request, entrypoint, maxOutput });
  return { output, log: caller.log };
}

function openPolicy(policy: OpaPolicy, spend: Spending, request: Uint8Array): OpenedPolicy {
  const { metered, builtins, job: { limits } } = policy;
  const memory = createMemory(metered);
  const caller = new OpaCaller(spend, { memory, limits, builtins, request });
  const guest = new OpaGuest(spend.start(caller.imports()), memory, spend);
  caller.attach(guest);
  return { guest, caller, data: guest.loadJson(policy.data) };
}

/** Its own memory for each run: what one wrote, no other finds. */
function createMemory({ memory }: MeteredModule): WebAssembly.Memory {
  const sizes = memory ?? { initial: 0, maximum: 0 };
  try {
    return new WebAssembly.Memory({ ...sizes });
  } catch {
    throw new CheckFailure("limit_exceeded", "No room for the module's memory");
  }
}

export const opaAbi: Abi = {
  signatures: opaSignatures,
  createHost: createOpaHost,
  parseOutput: parseOpaResult,
};
