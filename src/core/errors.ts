/**
 * The one alphabet of failures: code → exit status and HTTP status (`sealward help exit-codes`).
 * Reason codes of a decision live in decision/decision.ts; they are answers, not failures.
 *
 * @module
 */

/**
 * Exit statuses: 1 could not decide or look, 2 deny, 3 policy or input invalid, 5 tampering,
 * 64 usage. HTTP statuses speak of the call, never of the decision.
 */
export const errorTable = {
  usage: { exit: 64, http: 400 },
  operation_invalid: { exit: 3, http: 400 },
  operation_too_large: { exit: 3, http: 413 },
  policy_syntax: { exit: 3, http: 503 },
  policy_invalid: { exit: 3, http: 503 },
  policy_too_large: { exit: 3, http: 503 },
  feature_unavailable: { exit: 3, http: 503 },
  policy_unreadable: { exit: 1, http: 503 },
  policy_unaccepted: { exit: 2, http: 503 },
  policy_tampered: { exit: 5, http: 503 },
  manifest_invalid: { exit: 3, http: 503 },
  signature_invalid: { exit: 5, http: 503 },
  signature_required: { exit: 3, http: 503 },
  trusted_keys_invalid: { exit: 1, http: 503 },
  policy_modification: { exit: 2, http: 200 },
  operation_denied: { exit: 2, http: 200 },
  keeping_refused: { exit: 2, http: 503 },
  not_initialized: { exit: 1, http: 503 },
  already_initialized: { exit: 1, http: 503 },
  secret_missing: { exit: 1, http: 503 },
  secret_invalid: { exit: 1, http: 503 },
  secret_unsafe: { exit: 1, http: 503 },
  event_invalid: { exit: 3, http: 400 },
  proof_invalid: { exit: 3, http: 400 },
  decision_missing: { exit: 3, http: 404 },
  tests_invalid: { exit: 3, http: 503 },
  tests_unreadable: { exit: 1, http: 503 },
  tests_missing: { exit: 2, http: 503 },
  backtest_invalid: { exit: 3, http: 503 },
  backtest_unacknowledged: { exit: 2, http: 503 },
  settings_invalid: { exit: 3, http: 503 },
  audit_unwritable: { exit: 1, http: 503 },
  audit_full: { exit: 1, http: 503 },
  audit_unreadable: { exit: 1, http: 503 },
  audit_busy: { exit: 1, http: 503 },
  audit_unverifiable: { exit: 1, http: 503 },
  audit_tampered: { exit: 5, http: 503 },
  audit_rollback: { exit: 5, http: 503 },
  audit_fork: { exit: 5, http: 503 },
  audit_foreign: { exit: 5, http: 503 },
  audit_missing: { exit: 5, http: 503 },
  permissions_unsealed: { exit: 1, http: 503 },
  override_unknown: { exit: 3, http: 404 },
  override_rejected: { exit: 2, http: 403 },
  override_locked: { exit: 1, http: 429 },
  override_refused: { exit: 2, http: 409 },
  check_unreadable: { exit: 1, http: 503 },
  check_refused: { exit: 3, http: 400 },
  check_unanswered: { exit: 1, http: 503 },
  check_unknown: { exit: 3, http: 404 },
  environment_unsafe: { exit: 1, http: 503 },
  guard_unsafe: { exit: 1, http: 503 },
  wrong_user: { exit: 1, http: 503 },
  server_unreachable: { exit: 1, http: 503 },
  server_untrusted: { exit: 1, http: 503 },
  request_unauthenticated: { exit: 1, http: 401 },
  request_forbidden: { exit: 1, http: 403 },
  request_not_found: { exit: 1, http: 404 },
  request_method: { exit: 1, http: 405 },
  request_too_large: { exit: 3, http: 413 },
  request_media_type: { exit: 1, http: 415 },
  request_timeout: { exit: 1, http: 408 },
  request_busy: { exit: 1, http: 503 },
  request_limited: { exit: 1, http: 429 },
  request_conflict: { exit: 1, http: 409 },
  resources_exhausted: { exit: 1, http: 503 },
  exec_failed: { exit: 125, http: 503 },
  exec_refused: { exit: 126, http: 503 },
  exec_missing: { exit: 127, http: 503 },
  output_unwritable: { exit: 1, http: 500 },
  internal: { exit: 1, http: 500 },
} as const satisfies Record<string, { readonly exit: number; readonly http: number }>;

export type ErrorCode = keyof typeof errorTable;

/** A place in a text file; line and column count from 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The line itself, for the caret; absent where it would repeat a secret. */
  readonly text?: string;
}

/** What an EngineError may carry beside its message; options left out are unknown. */
export interface EngineErrorOptions {
  /** What to try, one sentence, no secret. */
  readonly hint?: string;
  readonly location?: SourceLocation;
  /** RFC 3339: before it the same is refused again. */
  readonly retryAt?: string;
  readonly cause?: unknown;
}

/**
 * Every failure that leaves a module. The code is a contract, the text is not: tests and callers
 * compare codes. Messages say what was got and what was wanted, in one line, without secrets.
 */
export class EngineError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | null;
  readonly location: SourceLocation | null;
  readonly retryAt: string | null;

  constructor(code: ErrorCode, message: string, options: EngineErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "EngineError";
    this.code = code;
    this.hint = options.hint ?? null;
    this.location = options.location ?? null;
    this.retryAt = options.retryAt ?? null;
  }

  /** Process exit status for this failure. */
  get exit(): number {
    return errorTable[this.code].exit;
  }

  /** HTTP status for this failure. */
  get http(): number {
    return errorTable[this.code].http;
  }
}

/** Policy or log is not what it was: exit 5, never overridable. The guide's name. */
export class TamperDetectedError extends EngineError {
  constructor(code: ErrorCode, message: string, options: EngineErrorOptions = {}) {
    super(code, message, options);
    this.name = "TamperDetectedError";
  }
}

/** A protected file would be changed: exit 2. The guide's name. */
export class PolicyModificationError extends EngineError {
  constructor(message: string, options: EngineErrorOptions = {}) {
    super("policy_modification", message, options);
    this.name = "PolicyModificationError";
  }
}

/** Wraps whatever was thrown, so that no edge ever shows a stack trace. */
export function toEngineError(thrown: unknown): EngineError {
  if (thrown instanceof EngineError) return thrown;
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return new EngineError("internal", `Unexpected failure: ${oneLine(text)}`, { cause: thrown });
}

/** The code, when it is one of ours. */
export function parseErrorCode(code: string): ErrorCode | null {
  return Object.hasOwn(errorTable, code) ? code as ErrorCode : null;
}

/**
 * Makes text safe for one line of a terminal, a log or a model: control, direction and invisible
 * characters escaped, variation selectors and tags among them, cut.
 */
export function oneLine(text: string, maxCharacters = 400): string {
  // Never between the halves of a surrogate pair: the rest would not be text any more.
  const end = /[\ud800-\udbff]/.test(text[maxCharacters - 1] ?? "")
    ? maxCharacters - 1
    : maxCharacters;
  const cut = text.length > maxCharacters ? `${text.slice(0, end)}…` : text;
  return cut.replace(hidden, (c) => {
    const hex = (c.codePointAt(0) ?? 0).toString(16);
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
  });
}

// SECURITY: escape sequences and direction overrides in a file name can forge output; what nobody
// sees can tell a model what the person beside it does not read.
const hidden =
  // deno-lint-ignore no-control-regex -- control characters are what is searched
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\u{e0000}-\u{e0fff}]/gu;
