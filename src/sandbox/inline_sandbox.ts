/**
 * Checks in the engine's own process, where a policy says so: gate, meter and a fresh instance for
 * each run hold, and nothing else. No deadline: fuel is what ends a run, and loading is bounded by
 * what the gate lets be compiled.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import type { CheckJob, CheckOutcome } from "../core/check/check_job.ts";
import type { CheckSandbox } from "../core/check/check_sandbox.ts";
import { oneLine } from "../core/errors.ts";
import { CheckShelf } from "./check_shelf.ts";
import { collectGarbage } from "./collect_garbage.ts";
import { loadCheck } from "./load_check.ts";

export interface InlineSandbox extends CheckSandbox {
  /** Why a job cannot run, or null; see Sandbox. */
  readonly load: (key: string, job: CheckJob) => Promise<CheckFailure | null>;
}

/**
 * One for each process: what it keeps is as bounded as a worker's.
 *
 * @param nowMs A clock that never goes back.
 * @param collect Frees what nobody uses, before it returns.
 */
export function createInlineSandbox(nowMs: () => number, collect = collectGarbage): InlineSandbox {
  const shelf = new CheckShelf<string>(loadCheck, collect);
  const load = (key: string, job: CheckJob): CheckFailure | null => {
    try {
      shelf.put(key, job);
      return null;
    } catch (thrown) {
      return failureOf(thrown);
    }
  };
  const run = (key: string, job: CheckJob, request: Uint8Array): CheckOutcome => {
    try {
      return (shelf.find(key) ?? shelf.put(key, job)).run(request);
    } catch (thrown) {
      const { code, message } = failureOf(thrown);
      return { status: "failed", code, message: oneLine(message), fuel: 0 };
    }
  };
  return {
    load: (key, job) => {
      const failure = load(key, job);
      shelf.tidy();
      return Promise.resolve(failure);
    },
    run: (key, job, request) => {
      const startMs = nowMs();
      const outcome = run(key, job, request);
      const wallMicros = Math.round((nowMs() - startMs) * 1_000);
      shelf.tidy();
      return Promise.resolve({ ...outcome, wallMicros, isolation: "inline" });
    },
  };
}

function failureOf(thrown: unknown): CheckFailure {
  if (thrown instanceof CheckFailure) return thrown;
  return new CheckFailure("sandbox_crash", `The sandbox failed: ${String(thrown)}`);
}
