/**
 * Why a person answers as they do: every answer's entry says it.
 *
 * @module
 */
import { oneLine, toEngineError } from "../../../core/errors.ts";
import { maxJustificationCharacters, minJustificationCharacters } from "../../../core/limits.ts";
import type { ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { usageError } from "../usage_error.ts";
import { askAgain } from "./ask_again.ts";

/**
 * `--justification`, else what the person at the terminal says.
 *
 * @throws {EngineError} `usage` for one that is none, or when nobody can be asked.
 */
export async function readJustification(
  context: CliContext,
  { flags }: ParsedArguments,
): Promise<string> {
  const given = flags.text("justification");
  if (given !== null) return parseJustification(given);
  if (!context.host.isInteractive) {
    throw usageError("No justification was given", "say why: --justification TEXT");
  }
  return await askAgain(context, { question: "Why?", echo: "shown" }, (line) => {
    try {
      return { value: parseJustification(line) };
    } catch (error) {
      return { complaint: toEngineError(error).message };
    }
  });
}

/** Without the blanks around it. @throws {EngineError} `usage`. */
export function parseJustification(text: string): string {
  const justification = text.trim();
  const { length } = justification;
  if (length < minJustificationCharacters || length > maxJustificationCharacters) {
    throw usageError(
      `The justification has ${length} characters, wanted ${minJustificationCharacters} to ` +
        maxJustificationCharacters,
      "say in a sentence why",
    );
  }
  // What a signature covers must be what a person read.
  if (justification === oneLine(justification, Infinity)) return justification;
  throw usageError("The justification has characters that cannot be seen", "write one plain line");
}
