/**
 * Programs that run another one on words from their input.
 *
 * @module
 */
import type { Argument, Input, Invocation, ProgramUse } from "../program_use.ts";
import { fillIn } from "./read_find.ts";
import { hasOption, optionValues, readOptions } from "./read_options.ts";
import { known, unknown, UseBuilder } from "./use_builder.ts";
import { joinWords } from "./wrapper_programs.ts";

const xargsOptions = "+ 0,null -rtpxo a,arg-file< d,delimiter: E: e? eof? I: J: i? replace? " +
  "L,max-lines: l? n,max-args: P,max-procs: R: S: s,max-chars: process-slot-var: " +
  "no-run-if-empty verbose interactive exit open-tty show-limits";

export function readXargs(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(invocation.args, xargsOptions);
  builder.options(read);
  if (!read.isSure) builder.unverified("nobody knows which word xargs runs");
  const isLines = hasOption(read, "0", "d", "I", "i", "replace");
  const isFile = hasOption(read, "a");
  const words = isFile ? [unknown()] : inputWords(invocation.input, isLines);
  const place = read.options.find(({ name }) => /^(?:I|J|i|replace)$/.test(name));
  if (read.operands.length === 0) {
    return builder.end(invocation.input.kind === "found" ? invocation.input : null);
  }
  if (place === undefined) builder.argv([...read.operands, ...words]);
  else {
    const mark = place.value?.text ?? "{}";
    for (const word of words.length === 0 ? [unknown()] : words) {
      builder.argv(read.operands.map((operand) => fillIn(operand, mark || "{}", word)));
    }
  }
  return builder.end({ kind: "unknown" });
}

/** Most words of one input that are looked at one by one. */
const maxInputWords = 200;

function inputWords(input: Input, isLines: boolean): readonly Argument[] {
  if (input.kind === "none") return [];
  if (input.kind === "found") return [{ text: "", isKnown: false, found: input.found }];
  if (input.kind === "unknown") {
    return [{ text: "", isKnown: false, ...input.isTame === true ? { isTame: true } : {} }];
  }
  // Quotes mean something to xargs, and not what they mean to a shell.
  if (/["'\\]/.test(input.text) && !isLines) return [unknown()];
  const words = input.text.split(isLines ? /[\n\0]/ : /[\s\0]+/).filter((word) => word !== "");
  if (words.length > maxInputWords) return [unknown()];
  // With a delimiter of its own, or several, only the file's own words are sure.
  return [
    ...words,
    ...isLines ? words.flatMap((word) => word.trim() === word ? [] : word.trim()) : [],
  ]
    .map(known);
}

export function readParallel(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const { args, input } = invocation;
  const at = args.findIndex(({ text }) => /^:::[:+]?\+?$/.test(text));
  const read = readOptions(
    at === -1 ? args : args.slice(0, at),
    "+ -0kmtXuqr j,jobs,P: a,arg-file< I: n: N: L: S,sshlogin* C,colsep: d: joblog> " +
      "results> tmpdir: timeout: delay: load: retries: halt: keep-order dry-run bar " +
      "progress eta no-notice will-cite group tag line-buffer verbose null",
  );
  builder.options(read);
  if (!read.isSure) builder.unverified("nobody knows which word parallel runs");
  const listed = at === -1 ? null : args.slice(at + 1);
  const values = listed ?? inputWords(hasOption(read, "a") ? { kind: "unknown" } : input, true);
  const isPlain =
    values.every(({ text, isKnown }) =>
      isKnown && /^[\w./@:+-]+$/.test(text) && !text.startsWith(":::")
    ) &&
    !read.operands.some(({ text }) => /\{[^}]/.test(text)) && !hasOption(read, "I", "N", "C");
  const { operands } = read;
  if (operands.length === 0) { for (const value of values) builder.shell(value); }
  else if (isPlain) {
    for (const value of values) {
      builder.shell(joinWords(filled(operands, value)));
    }
  } else if (operands.every(({ text }) => /^[\w./{}@:+=-]+$/.test(text))) {
    for (const value of values) builder.argv(filled(operands, value));
  } else builder.shell(unknown());
  if (optionValues(read, "a").length > 0 && operands.length === 0) builder.shell(unknown());
  return builder.end();
}

function filled(operands: readonly Argument[], value: Argument): readonly Argument[] {
  const isGiven = operands.some(({ text }) => text.includes("{}"));
  const words = operands.map((operand) => fillIn(operand, "{}", value));
  return isGiven ? words : [...words, value];
}
