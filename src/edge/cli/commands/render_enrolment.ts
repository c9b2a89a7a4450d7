/**
 * What is said of an enrolment.
 *
 * @module
 */
import type { EnrolmentView } from "../../../pdp/override_desk.ts";

/** For stdout: no secret. */
export function renderEnrolled({ id, name, algorithm, is_named: isNamed }: EnrolmentView): string {
  const facts = `${name} is enrolled: ${id}, ${algorithm}\n`;
  if (isNamed) return facts;
  return facts +
    `inert: no line of overrides.approvers in the trusted policy names ${name}, so its codes count\n` +
    "for nothing. To change that, add to the policy and accept or sign it:\n\n" +
    `  overrides:\n    approvers:\n      - name: ${name}\n        totp: true\n`;
}

/** For the terminal, once. */
export function renderRecoveryCodes(codes: readonly string[]): string {
  const lines = codes.map((code) => `  ${code}\n`).join("");
  return "\nrecovery codes, shown this once; each is good for one answer without the app.\n" +
    `Write them down, and keep them where no agent reads:\n\n${lines}\n`;
}
