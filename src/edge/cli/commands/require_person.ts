/**
 * What only a person at a terminal is asked and told.
 *
 * @module
 */
import { oneLine } from "../../../core/errors.ts";
import type { CliContext, Host } from "../host.ts";
import { writeOutput } from "../output.ts";
import { usageError } from "../usage_error.ts";

/**
 * Secrets are shown on stderr and codes read from stdin: both must be a terminal, or they would land
 * in a file or come from a program.
 *
 * @throws {EngineError} `usage`.
 */
export function requirePerson({ isInteractive, isWatched }: Host): void {
  if (isInteractive && isWatched) return;
  throw usageError("Nobody sits at a terminal", "run it yourself, with no pipe and no redirection");
}

/** Form of a name in overrides.approvers. @throws {EngineError} `usage`. */
export function requireApproverName(name: string): string {
  if (/^[a-z][a-z0-9_.-]{0,31}$/.test(name)) return name;
  throw usageError(
    `Cannot use the name "${oneLine(name, 80)}"`,
    "a small letter, then up to 31 of a-z 0-9 _ . -",
  );
}

/** Shown whatever --quiet says, and only to who looks: lines that are safe already, or one message. */
export function tell(context: CliContext, text: string): void {
  const isBlock = text.endsWith("\n");
  writeOutput(context.stderr, isBlock ? text : `sealward: ${oneLine(text, Infinity)}\n`);
}
