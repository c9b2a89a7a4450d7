/**
 * Why a check gave no answer. Every one of them denies.
 *
 * @module
 */

/** The closed list; a code is a contract, a message is not. */
export const checkFailureCodes = [
  "hash_mismatch",
  "invalid_module",
  "feature_refused",
  "import_refused",
  "builtin_refused",
  "limit_exceeded",
  "settings_refused",
  "fuel_exhausted",
  "stack_exhausted",
  "trap",
  "abort",
  "nonzero_exit",
  "deadline",
  "sandbox_crash",
  "sandbox_unavailable",
  "bad_output",
  "self_test_failed",
] as const;
export type CheckFailureCode = typeof checkFailureCodes[number];

/** Thrown inside the sandbox; crosses every border as its code and one line. */
export class CheckFailure extends Error {
  readonly code: CheckFailureCode;
  /** Byte of the module it is about; null where it is about none. */
  readonly offset: number | null;

  constructor(code: CheckFailureCode, message: string, offset: number | null = null) {
    super(message);
    this.name = "CheckFailure";
    this.code = code;
    this.offset = offset;
  }
}
