/**
 * What checks came to, as it is kept with a decision: in full, so that it is made again without
 * running them, and in the entry, where there is room for a line each. SPEC.md, section 9.
 *
 * @module
 */
import { checkMeaning } from "../check/check_meaning.ts";
import type { CheckViolation } from "../check/check_job.ts";
import type { CheckRun } from "../check/check_run.ts";
import type { JsonObject } from "../operation/operation.ts";
import type { EvidenceRecord } from "./evidence_record.ts";

/** One check; what it found by code, message, severity and path, the last two null as a rule. */
export interface CheckInput {
  readonly id: string;
  /** See checkMeaning. */
  readonly meaning: string;
  /** SHA-256 of the request, in hex. */
  readonly request: string;
  readonly fuel?: number;
  /** Wall time, where it was run, and where that was. They decide nothing. */
  readonly us?: number;
  readonly isolation?: string;
  /** There where it failed. */
  readonly code?: string;
  readonly message?: string;
  readonly found?: readonly (readonly [string, string, string | null, string | null])[];
}

type Checks = EvidenceRecord["checks"];

/** @param cover Takes secrets out of a text and out of a path. */
export function encodeCheckInputs(
  checks: Checks,
  cover: { readonly text: (text: string) => string; readonly path: (path: string) => string },
): readonly CheckInput[] {
  return checks.map(({ check, run, request, facts }) => {
    const base = { id: check.id, meaning: checkMeaning(check), request, ...encodeFacts(facts) };
    if (run.status === "not_run") return base;
    const { fuel } = run;
    if (run.status === "failed") {
      return { ...base, fuel, code: run.code, message: cover.text(run.message) };
    }
    const found = run.violations.map(({ code, message, severity, path }) =>
      [code, cover.text(message), severity, path === null ? null : cover.path(path)] as const
    );
    return { ...base, fuel, ...(found.length === 0 ? {} : { found }) };
  });
}

/** The inverse, less details. */
export function parseCheckInput({ fuel, code, message = "", found = [] }: CheckInput): CheckRun {
  if (fuel === undefined) return { status: "not_run" };
  if (code !== undefined) {
    return { status: "failed", code: code as FailureCode, message, fuel };
  }
  const violations = found.map(([code, message, severity, path]): CheckViolation => {
    return { code, message, severity: severity as CheckViolation["severity"], path, details: null };
  });
  return { status: "ok", violations, fuel };
}

type FailureCode = Extract<CheckRun, { readonly status: "failed" }>["code"];

/** One line for each check that ran, those that speak against it first. */
export function encodeCheckEntries(checks: Checks): readonly JsonObject[] {
  const rank = ({ run }: Checks[number]) =>
    run.status === "failed" ? 0 : run.status === "ok" && run.violations.length > 0 ? 1 : 2;
  return [...checks].sort((a, b) => rank(a) - rank(b)).map(({ check, run, facts, request }) => ({
    id: check.id,
    module: check.sha256.slice(0, 16),
    input: request,
    ...(run.status === "failed" ? { code: run.code } : { status: run.status }),
    ...(run.status === "not_run" ? {} : { fuel: run.fuel }),
    ...encodeFacts(facts),
    ...(run.status === "ok" ? { violations: run.violations.length } : {}),
  }));
}

function encodeFacts(facts: Checks[number]["facts"]): JsonObject {
  return facts === null ? {} : { us: facts.wallMicros, isolation: facts.isolation };
}
