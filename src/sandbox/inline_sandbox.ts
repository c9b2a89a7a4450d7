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
/** Of modules and data that are kept: compiled, a module takes up to a hundred times its bytes. */
const maxLoadedBytes = 4_194_304;

interface Loaded {
  readonly check: LoadedCheck;
  readonly bytes: number;
}

/** @param nowMs A clock that never goes back. */
export function createInlineSandbox(nowMs: () => number): CheckSandbox {
  const loaded = new Map<string, Loaded>();
  const open = (key: string, job: CheckJob): LoadedCheck => {
    const known = loaded.get(key);
    if (known !== undefined) return known.check;
    const check = loadCheck(job);
    loaded.set(key, { check, bytes: job.module.length + (job.data?.length ?? 0) });
    makeRoom(loaded);
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

/** The newest stays, however large it is. */
function makeRoom(loaded: Map<string, Loaded>): void {
  let sum = [...loaded.values()].reduce((total, { bytes }) => total + bytes, 0);
  for (const [key, { bytes }] of loaded) {
    const fits = loaded.size <= maxLoaded && sum <= maxLoadedBytes;
    if (fits || loaded.size === 1) return;
    loaded.delete(key);
    sum -= bytes;
  }
}
