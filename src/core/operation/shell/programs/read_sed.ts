/**
 * sed(1): what its options and its script write, read and run.
 *
 * @module
 */
import type { Argument, Invocation, ProgramUse } from "../program_use.ts";
import { backupOf } from "./path_words.ts";
import { hasOption, type OptionsRead, readOptions } from "./read_options.ts";
import { filtered } from "./read_row.ts";
import { scanSed } from "./scan_sed.ts";
import { known, UseBuilder } from "./use_builder.ts";

const sedOptions = "-nrEsuzb e,expression:~ f,file:~ i,in-place? l,line-length: quiet silent " +
  "regexp-extended separate unbuffered null-data posix follow-symlinks sandbox debug binary";

export function readSed(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(invocation.args, sedOptions);
  const { isFirstGiven, operands } = read;
  builder.options(read);
  const files = isFirstGiven ? operands : operands.slice(1);
  const script = isFirstGiven ? givenScript(read) : operands[0] ?? known("");
  for (const { name, value } of read.options) {
    if (name === "f" && value !== null) builder.script("sed", value);
  }
  addScript(builder, script, hasOption(read, "sandbox"));
  // BSD: `sed -i '' SCRIPT FILE`.
  if (hasOption(read, "i") && script.text === "" && files[0] !== undefined) {
    addScript(builder, files[0], false);
  }
  // With an option nobody knows, the script may be a file.
  for (const file of read.isSure ? files : [...operands, ...read.guesses]) {
    if (hasOption(read, "i")) editFile(builder, read, file);
    else builder.touch(read.isSure ? "read" : "write", file);
  }
  // `sed 1d` chooses lines; most other scripts make new ones.
  const chooses = script.isKnown && /^[\d,$!pdq;\s]*$/.test(script.text) && !hasOption(read, "f");
  return builder.end(files.length === 0 && chooses ? filtered(invocation.input) : null);
}

/** GNU joins the pieces, one per line. */
function givenScript({ options }: OptionsRead): Argument {
  const pieces = options.filter(({ name }) => name === "e").flatMap(({ value }) => value ?? []);
  return {
    text: pieces.map(({ text }) => text).join("\n"),
    isKnown: pieces.every(({ isKnown }) => isKnown),
  };
}

function editFile(builder: UseBuilder, read: OptionsRead, file: Argument): void {
  builder.touch("write", file);
  for (const { name, value } of read.options) {
    if (name === "i" && value !== null && value.text !== "") {
      builder.touch("write", backupOf(file, value));
    }
  }
}

/** What a script does, whatever it is applied to. */
function addScript(builder: UseBuilder, script: Argument, isSandboxed: boolean): void {
  if (isSandboxed) return;
  const { writes, reads, commands, isPlain } = scanSed(script.text);
  // What follows a known beginning may be any command.
  if (!isPlain || !script.isKnown) builder.opaque("the sed script is not known to be plain");
  builder.touchAll("write", writes.map(known));
  builder.touchAll("read", reads.map(known));
  for (const command of commands) builder.shell(known(command));
}
