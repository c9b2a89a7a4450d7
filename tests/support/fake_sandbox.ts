/**
 * A sandbox whose modules are functions: a module's bytes are the name of one. What they are asked is
 * written down.
 */
import type { CheckFailureCode } from "../../src/core/check/check_failure.ts";
import type { CheckOutcome, CheckViolation } from "../../src/core/check/check_job.ts";
import type { LoadSandbox } from "../../src/core/check/check_sandbox.ts";
import type { CheckRequest } from "../../src/core/check/check_request.ts";

export type FakeModule = (request: CheckRequest) => CheckOutcome;

export interface FakeSandbox {
  readonly load: LoadSandbox;
  /** Name of each module that was run, with its request, in order. */
  readonly asked: { readonly module: string; readonly request: CheckRequest }[];
}

/** @param before Called before each run: the world may change meanwhile. */
export function fakeSandbox(
  modules: Readonly<Record<string, FakeModule>>,
  before: () => void = () => {},
): FakeSandbox {
  const asked: FakeSandbox["asked"] = [];
  const load: LoadSandbox = (isolation) =>
    Promise.resolve({
      run: (_key, job, bytes) => {
        before();
        const module = new TextDecoder().decode(job.module);
        const request: CheckRequest = JSON.parse(new TextDecoder().decode(bytes));
        asked.push({ module, request });
        const outcome = modules[module]?.(request) ?? failing("invalid_module");
        return Promise.resolve({ ...outcome, wallMicros: 7, isolation });
      },
    });
  return { load, asked };
}

export function violation(given: Partial<CheckViolation> = {}): CheckViolation {
  return { code: "bad", message: "no", severity: null, path: null, details: null, ...given };
}

export function finding(...violations: readonly Partial<CheckViolation>[]): CheckOutcome {
  return { status: "ok", violations: violations.map(violation), fuel: 100, log: "" };
}

export function failing(code: CheckFailureCode, message = "why", fuel = 5): CheckOutcome {
  return { status: "failed", code, message, fuel };
}
