/**
 * What a check came to when an operation was decided, against what it comes to now.
 *
 * @module
 */
import type { CheckFailureCode } from "../check/check_failure.ts";
import type { CheckRun } from "../check/check_run.ts";
import { type CheckInput, parseCheckInput } from "../decision/check_input.ts";
import type { Json } from "../operation/operation.ts";
import type { Difference } from "./compare_verdicts.ts";

/** Of the machine and the moment: nothing that can be made again. */
const passing: ReadonlySet<CheckFailureCode> = new Set([
  ...["deadline", "sandbox_crash", "sandbox_unavailable"] as const,
]);

/** Whether it says nothing of the module. */
export function isPassing(run: CheckRun): boolean {
  return run.status === "not_run" || (run.status === "failed" && passing.has(run.code));
}

/**
 * Code or violations, and fuel. Messages are not compared: the log has them without secrets.
 *
 * @returns Every member that differs, as `checks.ID.MEMBER`.
 */
export function compareCheck(kept: CheckInput, now: CheckRun): readonly Difference[] {
  const [before, after] = [membersOf(parseCheckInput(kept)), membersOf(now)];
  return Object.keys(before).flatMap((member): readonly Difference[] => {
    const [recorded, replayed] = [before[member] ?? null, after[member] ?? null];
    if (JSON.stringify(recorded) === JSON.stringify(replayed)) return [];
    return [{ field: `checks.${kept.id}.${member}`, recorded, replayed }];
  });
}

function membersOf(run: CheckRun): Readonly<Record<string, Json>> {
  if (run.status === "not_run") return { code: "not_run", violations: null, fuel: null };
  const { fuel } = run;
  if (run.status === "failed") return { code: run.code, violations: null, fuel };
  const violations = run.violations.map(({ code, severity }) => [code, severity]);
  return { code: null, violations, fuel };
}
