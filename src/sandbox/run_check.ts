/**
 * One run of a module: whatever happens in it becomes an outcome.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import type { CheckJob, CheckOutcome } from "../core/check/check_job.ts";
import { oneLine } from "../core/errors.ts";
import type { Abi, AbiHost } from "./abi/abi_host.ts";
import type { MemoryUse } from "./memory_account.ts";
import type { MeteredModule } from "./metered.ts";
import { nameFailure } from "./name_failure.ts";
import { RunSpending } from "./run_spending.ts";

/** A module, compiled, with the host it runs on. */
export interface OpenCheck {
  readonly job: CheckJob;
  readonly abi: Abi;
  readonly metered: MeteredModule;
  readonly host: AbiHost;
  readonly memory: MemoryUse;
}

/** Never throws. */
export function runCheck(check: OpenCheck, request: Uint8Array): CheckOutcome {
  const { limits } = check.job;
  const spending = new RunSpending(check.metered, limits, request.length);
  try {
    if (request.length > limits.inputBytes) {
      const got = `${request.length} bytes, wanted at most ${limits.inputBytes}`;
      throw new CheckFailure("limit_exceeded", `Request is too long: got ${got}`);
    }
    const { output, log } = check.host.run(request, spending);
    const violations = check.abi.parseOutput(output, check.job);
    return { status: "ok", violations, fuel: spending.spent(), log: new TextDecoder().decode(log) };
  } catch (thrown) {
    const { code, message } = nameFailure(thrown, spending);
    return { status: "failed", code, message: oneLine(message), fuel: spending.spent() };
  } finally {
    check.memory.leaves(request.length + spending.memoryBytes());
  }
}
