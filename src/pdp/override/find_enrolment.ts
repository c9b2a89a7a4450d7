/**
 * Whose codes count: the enrolment that the trusted policy's line for an approver means.
 *
 * @module
 */
import type { EnrolmentState, OverridesKept } from "../../core/audit/override_state.ts";
import type { Approver } from "../../core/override/terms.ts";

/** Null where there is none, or the line wants no codes, or another enrolment. */
export function findEnrolment(
  { name, totp, enrolment }: Approver,
  { enrolments }: OverridesKept,
): EnrolmentState | null {
  if (!totp) return null;
  const found = enrolments.find((one) => one.name === name);
  if (found === undefined) return null;
  return enrolment === null || enrolment === found.id ? found : null;
}
