/**
 * Every error code, explained.
 *
 * @module
 */
import type { ErrorCode } from "../../core/errors.ts";
import { auditErrorTexts } from "./audit_error_texts.ts";
import type { CodeTexts } from "./code_text.ts";
import { machineErrorTexts } from "./machine_error_texts.ts";
import { checkErrorTexts } from "./check_error_texts.ts";
import { overrideErrorTexts } from "./override_error_texts.ts";
import { policyErrorTexts } from "./policy_error_texts.ts";
import { signingErrorTexts } from "./signing_error_texts.ts";

/** A code without a text does not compile. */
export const errorTexts: CodeTexts<ErrorCode> = {
  ...policyErrorTexts,
  ...signingErrorTexts,
  ...auditErrorTexts,
  ...machineErrorTexts,
  ...checkErrorTexts,
  ...overrideErrorTexts,
};
