/**
 * Everything there is to say about a policy's text, for people and editors. Loads `yaml`; callers
 * import this file with `await import()`.
 *
 * @module
 */
import { EngineError, type ErrorCode, type SourceLocation } from "../errors.ts";
import { shownLine } from "./location_at.ts";
import { policyPositions, withLocation } from "./locate.ts";
import { decodePolicy } from "./decode_policy.ts";
import { parsePolicy } from "./parse_policy.ts";
import type { Policy } from "./policy.ts";
import { compareParsers } from "./second_parser.ts";

/** Codes of findings that do not stop a policy; a contract, like error codes. */
export type LintCode =
  | "pattern_repeated"
  | "operation_repeated"
  | "files_unprotected"
  | "enforcement_disabled"
  | "enforcement_observes"
  | "failure_allows"
  | "opaque_allowed";

/** An error stops the policy, a warning is likely a mistake, a notice weakens it on purpose. */
export interface LintFinding {
  readonly severity: "error" | "warning" | "notice";
  readonly code: ErrorCode | LintCode;
  readonly message: string;
  readonly hint: string | null;
  readonly location: SourceLocation | null;
}

export interface LintReport {
  /** Null when there is an error. */
  readonly policy: Policy | null;
  /** One error, or any number of warnings and notices. */
  readonly findings: readonly LintFinding[];
}

/** Reads a policy with both parsers and looks for likely mistakes. Total over all bytes. */
export function lintPolicy(bytes: Uint8Array, file: string): LintReport {
  let text = "";
  try {
    text = decodePolicy(bytes, file);
    const policy = parsePolicy(text, file);
    const disagreement = compareParsers(text, file);
    if (disagreement !== null) throw disagreement;
    return { policy, findings: locate(findWeaknesses(policy), text, file) };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const { code, message, hint, location } = withLocation(error, text, file);
    return { policy: null, findings: [{ severity: "error", code, message, hint, location }] };
  }
}

interface Weakness {
  readonly severity: "warning" | "notice";
  readonly code: LintCode;
  readonly message: string;
  readonly hint: string;
  /** Dotted, as policyPositions has it. */
  readonly path: string;
}

function findWeaknesses(policy: Policy): readonly Weakness[] {
  const { patterns } = policy.protectedFiles;
  const secrets = policy.secretFiles.patterns;
  const operations = policy.protectedOperations.map(({ name }) => name);
  const unprotected: Weakness = {
    severity: "warning",
    code: "files_unprotected",
    message: "No file is protected but Sealward's own",
    hint: "list patterns under protected.files",
    path: "protected.files",
  };
  return [
    ...findSettings(policy),
    ...(patterns.length + secrets.length === 0 ? [unprotected] : []),
    ...findRepeats(patterns, "pattern_repeated", "protected.files"),
    ...findRepeats(secrets, "pattern_repeated", "protected.secret_files"),
    ...findRepeats(operations, "operation_repeated", "protected.operations"),
  ];
}

function findSettings({ enforcement, commands }: Policy): readonly Weakness[] {
  const notice = (code: LintCode, path: string, message: string, hint: string): Weakness => ({
    severity: "notice",
    code,
    message,
    hint,
    path,
  });
  const found: Weakness[] = [];
  if (!enforcement.enabled) {
    const message = "Enforcement is off: only tampering is denied";
    found.push(
      notice("enforcement_disabled", "enforcement.enabled", message, "write enabled: true"),
    );
  }
  if (!enforcement.failClosed) {
    const message = "Failures do not deny";
    found.push(
      notice("failure_allows", "enforcement.fail_closed", message, "write fail_closed: true"),
    );
  }
  if (enforcement.mode === "observe") {
    const message = "Denials are logged and not enforced";
    found.push(notice("enforcement_observes", "enforcement.mode", message, "write mode: enforce"));
  }
  if (commands.opaque === "allow") {
    const message = "Programs nobody has read may do what they want";
    found.push(notice("opaque_allowed", "commands.opaque", message, "write opaque: ask"));
  }
  return found;
}

function findRepeats(names: readonly string[], code: LintCode, list: string): readonly Weakness[] {
  const seen = new Set<string>();
  return names.flatMap((name, index) => {
    const isRepeat = seen.has(name);
    seen.add(name);
    const message = `${JSON.stringify(name)} is listed twice`;
    const path = `${list}.${index}`;
    return isRepeat ? [{ severity: "warning", code, message, hint: "remove one", path }] : [];
  });
}

function locate(weaknesses: readonly Weakness[], text: string, file: string): LintFinding[] {
  if (weaknesses.length === 0) return [];
  const positions = policyPositions(text);
  const lines = text.split("\n");
  return weaknesses.map(({ path, ...finding }) => {
    const position = positions.get(path);
    if (position === undefined) return { ...finding, location: null };
    const shown = shownLine(lines[position.line - 1] ?? "");
    return { ...finding, location: { file, ...position, ...shown } };
  });
}
