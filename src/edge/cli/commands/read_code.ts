/**
 * The code of a person's app, from the terminal and nowhere else.
 *
 * @module
 */
import type { Proof } from "../../../core/override/approval.ts";
import { parseRecoveryCode } from "../../../core/override/recovery_codes.ts";
import { codeDigits } from "../../../core/override/totp_parameters.ts";
import { EngineError } from "../../../core/errors.ts";
import { nameOf } from "../../render_override_listing.ts";
import type { CliContext } from "../host.ts";
import { askAgain } from "./ask_again.ts";

/**
 * Asks without showing what is typed. What cannot be a code is asked for again and goes nowhere: it
 * would count as a wrong one.
 *
 * @throws {EngineError} `override_rejected` when no code came.
 */
export async function readCode(
  context: CliContext,
  kind: "totp" | "recovery",
  approver: string | null,
): Promise<Proof> {
  const who = nameOf(approver);
  if (kind === "totp") {
    const question = `Code of ${who}, ${codeDigits} digits, not shown:`;
    const code = await askAgain(context, { question, echo: "hidden" }, parseTotp);
    return { kind, approver, code };
  }
  if (approver === null) {
    throw new EngineError("override_refused", "The approver without a name has no recovery codes");
  }
  const question = `Recovery code of ${who}, not shown:`;
  const code = await askAgain(context, { question, echo: "hidden" }, parseRecovery);
  return { kind, approver, code };
}

const totpForm = new RegExp(`^[0-9]{${codeDigits}}$`);

const parseTotp = (line: string) =>
  totpForm.test(line)
    ? { value: line }
    : { complaint: `that was no code: ${codeDigits} digits, nothing else` };

const parseRecovery = (line: string) =>
  parseRecoveryCode(line) === null ? { complaint: "that was no recovery code" } : { value: line };
