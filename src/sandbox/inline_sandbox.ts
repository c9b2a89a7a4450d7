/**
 * Checks in the engine's own process, where a policy says so: gate, meter and a fresh instance for
 * each run hold, and nothing else. No deadline: fuel is what ends a run, and loading is bounded by
 * what the gate lets be compiled.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import type { CheckJob, CheckOutcome, LoadedCheck } from "../core/check/check_job.ts";
import type { CheckSandbox } from "../core/check/check_sandbox.ts";
import { oneLine } from "../core/errors.ts";
import { loadCheck } from "./load_check.ts";

/** Modules kept compiled; beyond, the one loaded first goes. */
const maxLoaded = 32;

/** @param nowMs A clock that never goes back. */
export function createInlineSandbox(nowMs: () => number): CheckSandbox {
  const loaded = new Map<string, LoadedCheck>();
  const open = (key: string, job: CheckJob): LoadedCheck => {
    const known = loaded.get(key);
    if (known !== undefined) return known;
    const check = loadCheck(job);
    const [oldest] = loaded.keys();
    if (loaded.size >= maxLoaded && oldest !== undefined) loaded.delete(oldest);
    loaded.set(key, check);
    return check;
  };
  const run = (key: string, job: CheckJob, request: Uint8Array): CheckOutcome => {
    try {
      return open(key, job).run(request);
    } catch (thrown) {
      const { code, message } = thrown instanceof CheckFailure
        ? thrown
        : new CheckFailure("sandbox_crash", `The sandbox failed: ${String(thrown)}`);
      return { status: "failed", code, message: oneLine(message), fuel: 0 };
    }
  };
  return {
    run: (key, job, request) => {
      const startMs = nowMs();
      const outcome = run(key, job, request);
      const wallMicros = Math.round((nowMs() - startMs) * 1_000);
      return Promise.resolve({ ...outcome, wallMicros, isolation: "inline" });
    },
  };
}
