/**
 * Programs of which a line of text says everything.
 *
 * @module
 */
import type { Argument, Input, ReadProgram } from "../program_use.ts";
import { commonFound } from "./path_words.ts";
import { hasOption, type OptionsRead, readOptions } from "./read_options.ts";
import { UseBuilder } from "./use_builder.ts";

/** What programs print, as far as pipes care. */
export type Output =
  /** Its input as it is, whatever files it names. */
  | "copy"
  /** Its input as it is, where it has neither options nor files. */
  | "same"
  /** Lines of its input, or of its files. */
  | "filter"
  /** Names of entries of the working folder, or paths as its operands spell them. */
  | "names"
  /** A number, when it is given no files, whose names it would print too. */
  | "count"
  /** A number, a date, a name of the system: no option of anything. */
  | "tame";

/** Names, a mark for each operand (use_builder.ts), options (read_options.ts), output. */
export type ProgramRow = readonly [
  names: string,
  operands?: string,
  options?: string,
  output?: Output | null,
  /** Files it changes in folders it is given. */
  glob?: string,
];

/** Names, and what reads any of them. */
export type ProgramEntry = readonly [names: string, read: ReadProgram];

export function readRow(
  [, marks = "", options = "", output, glob]: ProgramRow,
): ReadProgram {
  return (invocation) => {
    const builder = new UseBuilder(invocation);
    const read = readOptions(invocation.args, options);
    builder.options(read);
    builder.operands(read, marks, glob ?? null);
    return builder.end(outputOf(output, read, invocation.input, marks));
  };
}

/** Lines of a list of names are a list of names; other text is not what it was. */
export function filtered(input: Input): Input {
  return input.kind === "found" ? input : { kind: "unknown" };
}

/** Paths below these folders; the working folder when there is none. */
export function namesBelow(folders: readonly Argument[]): Input {
  const found = commonFound(folders.length === 0 ? [{ text: ".", isKnown: true }] : folders);
  return found === null ? { kind: "unknown" } : { kind: "found", found };
}

function outputOf(
  output: Output | null | undefined,
  read: OptionsRead,
  input: Input,
  marks: string,
): Input | null {
  const { operands, isFirstGiven } = read;
  const files = operands.length - (marks.startsWith("-") && !isFirstGiven ? 1 : 0);
  const isBare = read.operands.length + read.options.length === 0 && read.isSure;
  if (output === "copy" || (output === "same" && isBare)) return input;
  if (output === "tame") return { kind: "unknown", isTame: true };
  if (output === "count") return files <= 0 ? { kind: "unknown", isTame: true } : null;
  // `ls src` prints names without their folder, `ls a.txt` paths.
  if (output === "names") return namesBelow([{ text: ".", isKnown: true }, ...operands]);
  // `head -c`, `uniq -c`: pieces of lines, or more than lines.
  const isWhole = output === "filter" && !hasOption(read, "c");
  return isWhole && files <= 0 ? filtered(input) : null;
}
