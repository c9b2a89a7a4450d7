/**
 * Shows what an act on the log will do and asks.
 *
 * @module
 */
import { EngineError, oneLine } from "../../../core/errors.ts";
import { maxReasonCharacters } from "../../../core/limits.ts";
import type { Flag, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { writeOutput } from "../output.ts";
import { usageError } from "../usage_error.ts";

export const yesFlag: Flag = { name: "yes", kind: "boolean", description: "Do not ask" };
export const reasonFlag: Flag = {
  name: "reason",
  kind: "string",
  value: "TEXT",
  description: "Why; the log's entry says it",
};

/**
 * Always shows, also with --quiet: nobody can agree to what they have not seen.
 *
 * @throws {EngineError} `keeping_refused` when the human said no or nobody could be asked.
 */
export function agreeToKeeping(
  context: CliContext,
  parsed: ParsedArguments,
  shown: { readonly lines: readonly string[]; readonly question: string },
): void {
  for (const line of shown.lines) {
    writeOutput(context.stderr, `sealward: ${oneLine(line, Infinity)}\n`);
  }
  if (parsed.flags.isSet("yes")) return;
  if (!context.host.isInteractive) {
    throw new EngineError("keeping_refused", "Nobody can be asked: nothing was done", {
      hint: "give --yes where nobody can be asked",
    });
  }
  const answer = context.host.ask(`${shown.question} [y/N]`);
  if (answer !== null && /^y(?:es)?$/i.test(answer.trim())) return;
  throw new EngineError("keeping_refused", "You did not agree: nothing was done", {
    hint: "answer y, or give --yes",
  });
}

/** The reason, which every such entry has. @throws {EngineError} `usage`. */
export function requireReason({ flags }: ParsedArguments): string {
  const reason = flags.text("reason")?.trim() ?? "";
  if (reason === "") throw usageError("No reason was given", "say why: --reason TEXT");
  if (reason.length <= maxReasonCharacters) return reason;
  throw usageError("The reason is too long", `use at most ${maxReasonCharacters} characters`);
}
