/**
 * Codes that are asked while a person enrols.
 *
 * @module
 */
import { EngineError } from "../../../core/errors.ts";
import { parseRecoveryCode } from "../../../core/override/recovery_codes.ts";
import { findStep } from "../../../core/override/totp.ts";
import { codeDigits, type TotpAlgorithm } from "../../../core/override/totp_parameters.ts";
import type { NewEnrolment } from "../../../pdp/override_desk.ts";
import type { CliContext } from "../host.ts";
import type { OverrideKeeper } from "../override_keeper.ts";
import { tell } from "./require_person.ts";

/** A slip of the finger should not cost a new secret; who sees the secret need not guess. */
const maxTries = 3;
/** What is no code at all costs no try; who types on like this is no person. */
const maxQuestions = 12;

const codeForm = new RegExp(`^[0-9]{${codeDigits}}$`);

/**
 * Asks for a code of the new app until one fits.
 *
 * @returns The step it belongs to.
 * @throws {EngineError} `override_rejected` when none fits.
 */
export async function askEnrolmentCode(
  context: CliContext,
  { hmac, nowUnixSeconds }: OverrideKeeper,
  { algorithm, seed }: { readonly algorithm: TotpAlgorithm; readonly seed: Uint8Array },
): Promise<number> {
  let left = maxTries;
  for (let asked = 0; left > 0 && asked < maxQuestions; asked++) {
    const code = await context.host.askPerson("Code of the new app, not shown:", "hidden");
    if (code === null) break;
    if (!codeForm.test(code)) {
      tell(context, `wanted ${codeDigits} digits and nothing else: that cost no try`);
      continue;
    }
    const options = { key: seed, algorithm, atUnixSeconds: nowUnixSeconds(), lastStep: -1, hmac };
    const found = findStep(code, options);
    if (found.status === "accepted") return found.step;
    left--;
    tell(context, `that code does not fit; tries left: ${left}`);
  }
  throw new EngineError("override_rejected", "No code fitted: nobody was enrolled", {
    hint: "compare the clocks of this host and of the app, and the app's algorithm",
  });
}

/**
 * Asks for what shows that the name's present holder agrees. Whether it fits, the engine says.
 *
 * @throws {EngineError} `override_rejected` when nothing was given.
 */
export async function askFormerCode(
  { host }: CliContext,
  name: string,
): Promise<NonNullable<NewEnrolment["replaces"]>> {
  const question = `Code of ${name}'s old app, or a recovery code, not shown:`;
  const code = await host.askPerson(question, "hidden") ?? "";
  if (code === "") {
    throw new EngineError("override_rejected", "No code was given: nothing was changed", {
      hint: "without the app and its recovery codes: sealward override unenroll",
    });
  }
  return { kind: parseRecoveryCode(code) === null ? "totp" : "recovery", code };
}
