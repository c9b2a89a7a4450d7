/**
 * grep(1) and its kin: what they search, and the names they print with `-l`.
 *
 * @module
 */
import type { Argument, Invocation, ProgramUse } from "../program_use.ts";
import { lastName } from "./path_words.ts";
import { hasOption, type OptionsRead, readOptions } from "./read_options.ts";
import { filtered, namesBelow, type ProgramEntry } from "./read_row.ts";
import { known, UseBuilder } from "./use_builder.ts";

const grepOptions = "-EFGPaiIoqsvwxyzZnbHhcTUuNrR e,regexp:~ f,file<~ m,max-count: " +
  "A,after-context: B,before-context: C,context: D,devices: d,directories: include: exclude: " +
  "exclude-dir: exclude-from< label: binary-files: l,files-with-matches L,files-without-match " +
  "recursive dereference-recursive";
const rgOptions = "-aiInNoqsSvwxzFPUuLpHhcb0. e,regexp:~ f,file<~ pre* hostname-bin* g,glob: " +
  "iglob: t,type: T,type-not: A,after-context: B,before-context: C,context: m,max-count: " +
  "M,max-columns: r,replace: j,threads: d,max-depth: E,encoding: ignore-file< sort: " +
  "sortr: color: " +
  "colors: path-separator: type-add: l,files-with-matches files-without-match files~ hidden " +
  "no-ignore unrestricted";

export const searchPrograms: readonly ProgramEntry[] = [
  ["grep egrep fgrep zgrep bzgrep xzgrep ggrep", (invocation) => search(invocation, grepOptions)],
  ["rg ag ack ugrep", (invocation) => search(invocation, rgOptions)],
];

function search(invocation: Invocation, options: string): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(invocation.args, options);
  builder.options(read);
  const files = read.isFirstGiven ? read.operands : read.operands.slice(1);
  const isDeep = hasOption(read, "r", "R", "recursive", "dereference-recursive");
  for (const file of files) if (isDeep || isFileFor(read, file)) builder.touch("read", file);
  if (isDeep && files.length === 0 && options === grepOptions) builder.touch("read", known("."));
  for (const guess of read.guesses) if (/[./]/.test(guess.text)) builder.touch("read", guess);
  const printsNames = hasOption(read, "l", "L", "files", "files-without-match");
  if (printsNames) return builder.end(namesBelow(files));
  // Counts, numbers and pieces of lines are other text than what came in.
  const isPlain = !hasOption(read, "o", "n", "c", "b", "H", "r", "replace") && read.isSure;
  return builder.end(
    files.length === 0 && isPlain ? filtered(invocation.input) : { kind: "unknown" },
  );
}

/** Without -r, grep passes over folders, and rg over what is hidden or ignored in them. */
function isFileFor(read: OptionsRead, { text, isKnown }: Argument): boolean {
  return !isKnown || lastName(text) !== "" || hasOption(read, "u", "hidden", "no-ignore", ".");
}
