/**
 * Writes a command's answer unless it was asked to be quiet.
 *
 * @module
 */
import { oneLine } from "../../../core/errors.ts";
import type { ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { writeOutput } from "../output.ts";

/** Data for stdout. */
export function printAnswer(context: CliContext, parsed: ParsedArguments, text: string): void {
  if (!parsed.flags.isSet("quiet")) writeOutput(context.stdout, text);
}

/** A message for people on stderr. */
export function say(context: CliContext, parsed: ParsedArguments, line: string): void {
  if (!parsed.flags.isSet("quiet")) {
    writeOutput(context.stderr, `sealward: ${oneLine(line, 8_192)}\n`);
  }
}
