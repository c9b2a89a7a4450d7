/**
 * The sandboxes of an install.
 *
 * @module
 */
import type { CheckSandbox, LoadSandbox } from "../core/check/check_sandbox.ts";

/** Nothing is started before a check is asked. */
export function sandboxesOf(): LoadSandbox {
  return (isolation) =>
    Promise.resolve<CheckSandbox>({
      run: () =>
        Promise.resolve({
          status: "failed",
          code: "sandbox_unavailable",
          message: `this build has no sandbox of the kind ${isolation}`,
          fuel: 0,
          wallMicros: 0,
          isolation,
        }),
    });
}
