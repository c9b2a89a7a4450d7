/**
 * Which checks of the policy judge an operation, and what they came to. policy/SPEC.md, "Checks".
 *
 * @module
 */
import type { CheckViolation } from "../check/check_job.ts";
import { type CheckRun, failedRun } from "../check/check_run.ts";
import type { CheckSpec } from "../check/check_spec.ts";
import { nameByDisk } from "../check/name_file.ts";
import { oneLine } from "../errors.ts";
import type { Finding } from "./decision.ts";
import { type Concerns, matchCondition } from "./match_condition.ts";
import type { Question } from "./question.ts";

export interface CheckFindings {
  readonly findings: readonly Finding[];
  /** Dotted ids of checks that nobody ran where nobody runs them. */
  readonly unmeasured: readonly string[];
}

/** Checks that judge the operation, in the policy's order. */
export function matchingChecks(question: Question, concerns: Concerns): readonly CheckSpec[] {
  const { policy: { rules, past, budgets, checks } } = question;
  const first = rules.length + past.length + budgets.length;
  return checks.filter(({ match }, index) =>
    match === null ||
    matchCondition(match, question, {
        owner: first + index,
        concerns,
        hasPlainCalls: false,
      }) !== null
  );
}

/** What they came to. A check has no way to say that something is allowed (WASM-10). */
export function findByChecks(question: Question, concerns: Concerns): CheckFindings {
  const findings: Finding[] = [];
  const unmeasured: string[] = [];
  for (const check of matchingChecks(question, concerns)) {
    // SECURITY: what nobody ran has found nothing, which is not the same as that there is nothing.
    const run: CheckRun = question.checks?.get(check.id) ?? notLooked;
    if (run.status === "not_run") unmeasured.push(`checks.${check.id}`);
    else if (run.status === "failed") findings.push(failed(check, run, question));
    else findings.push(...run.violations.map((each) => violated(check, each, question)));
  }
  return { findings, unmeasured };
}

const notLooked = failedRun("sandbox_unavailable", "nobody ran it");

function failed(
  check: CheckSpec,
  { code, message }: Extract<CheckRun, { readonly status: "failed" }>,
  question: Question,
): Finding {
  return {
    policy: `checks.${check.id}`,
    code: "check_failed",
    severity: "CRITICAL",
    message: `Check "${check.id}" gave no answer (${code}): ${message}`,
    check: { code },
    sourceKey: keyOf(check, question),
    verdict: "deny",
    overridable: false,
  };
}

function violated(check: CheckSpec, violation: CheckViolation, question: Question): Finding {
  const { code, message, severity, path, details } = violation;
  const effect = path === null ? undefined : effectAt(path, question);
  // A path that the operation does not name is a word like others.
  const where = path === null || effect !== undefined ? "" : ` (${oneLine(path, 80)})`;
  return {
    policy: `checks.${check.id}`,
    code: "check_violated",
    severity: severity ?? check.severity,
    message: `Check "${check.id}" found ${code}${where}: ${message}`,
    ...(effect === undefined ? {} : { effect: { verb: effect.verb, resource: effect.resource } }),
    check: { code, ...(details === null ? {} : { details }) },
    sourceKey: keyOf(check, question),
    verdict: check.effect,
    overridable: true,
  };
}

/** The worst the operation does there: what changes it comes before what reads it. */
function effectAt(path: string, { plan, facts, operation }: Question) {
  const nameFile = nameByDisk(facts, operation.cwd);
  const named = plan.effects.filter(({ kind, resource }) =>
    kind === "path" && (resource === path || nameFile(resource).includes(path))
  );
  const certain = named.filter(({ isPossible }) => isPossible !== true);
  return certain.find(({ verb }) => verb !== "read") ?? certain[0] ?? named[0];
}

function keyOf(check: CheckSpec, { policy }: Question): string {
  return `checks.${policy.checks.indexOf(check)}`;
}
