/**
 * Shows a change of a settings file to a human and asks.
 *
 * @module
 */
import { oneLine } from "../../../core/errors.ts";
import type { ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { writeOutput } from "../output.ts";
import { usageError } from "../usage_error.ts";

/**
 * False when the human said no.
 *
 * @throws {EngineError} `usage` when nobody can be asked.
 */
export function agreeToChange(
  context: CliContext,
  parsed: ParsedArguments,
  diff: string,
): boolean {
  if (parsed.flags.isSet("yes")) return true;
  if (!context.host.isInteractive) {
    throw usageError("Nobody can be asked", "give --yes to write, or --dry-run to look");
  }
  // Also with --quiet: nobody can agree to what they have not seen.
  writeOutput(context.stderr, showDiff(diff));
  const answer = context.host.ask("Write this? [y/N]");
  return answer !== null && /^y(?:es)?$/i.test(answer.trim());
}

/** SECURITY: settings may hold characters that a terminal obeys; every line is shown whole. */
export function showDiff(diff: string): string {
  const lines = diff.replace(/\n$/, "").split("\n");
  const shown = lines.map((line) => line.split("\t").map((part) => oneLine(part, Infinity)));
  return shown.map((parts) => `${parts.join("\t")}\n`).join("");
}
