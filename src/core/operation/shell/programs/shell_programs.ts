/**
 * Shells: their text, their scripts, their input.
 *
 * @module
 */
import type { Argument, Invocation, ProgramUse } from "../program_use.ts";
import { readOptions } from "./read_options.ts";
import type { ProgramEntry } from "./read_row.ts";
import { known, UseBuilder } from "./use_builder.ts";

export const shellPrograms: readonly ProgramEntry[] = [
  ["bash sh dash ash zsh ksh ksh93 mksh pdksh yash posh rbash rzsh", readShell],
  ["fish", readFish],
  ["csh tcsh rc es nu nushell elvish xonsh pwsh powershell", readForeignShell],
  ["parallel-ssh pssh", readShell],
];

interface ShellWords {
  isText: boolean;
  isInput: boolean;
  isSure: boolean;
  readonly files: Argument[];
  readonly operands: Argument[];
}

function readShell(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const words = splitShellWords(invocation.args);
  for (const file of words.files) builder.script("shell", file);
  const isStart = invocation.args.some(({ text }) => /^--login$|^-[a-z]*[li]/.test(text));
  // What a shell reads first, when it is asked to be a person's, stands in their home.
  if (isStart) builder.script("profile", known("~"));
  const [first, ...rest] = words.operands;
  if (!words.isSure) builder.unverified(`nobody knows what ${invocation.name} runs`);
  if (words.isText && first !== undefined) {
    builder.run({ kind: "shell", text: first, ...rest.length > 0 ? { parameters: rest } : {} });
  } else if (words.isInput || first === undefined) {
    builder.run({ kind: "input", language: "shell" });
  } else {
    const parameters = rest.length > 0 ? { parameters: rest } : {};
    builder.run({ kind: "script", language: "shell", file: first, ...parameters });
  }
  return builder.end();
}

/** Shells read options their own way: `-euxo pipefail -c`, `+x`, and `-c` takes no value. */
function splitShellWords(args: readonly Argument[]): ShellWords {
  const words: ShellWords = {
    isText: false,
    isInput: false,
    isSure: true,
    files: [],
    operands: [],
  };
  let at = 0;
  while (at < args.length) {
    const { text, isKnown, found } = args[at] ?? { text: "", isKnown: true };
    if (!/^[-+]/.test(text) || found !== undefined) break;
    at++;
    if (!isKnown) words.isSure = false;
    if (text === "-" || text === "--") break;
    if (/^--(?:rcfile|init-file)$/.test(text)) words.files.push(...args.slice(at, ++at));
    else if (text.startsWith("--")) {
      // `--emulate sh`, and whatever else nobody here has met.
      if (
        !/^--(?:login|posix|norc|noprofile|noediting|restricted|verbose|version|help|debugger|pretty-print|dump-(?:po-)?strings|no-rcs)$/
          .test(text)
      ) {
        words.isSure = false;
      }
    } else {
      if (text.startsWith("-") && text.includes("c")) words.isText = true;
      if (text.startsWith("-") && text.includes("s")) words.isInput = true;
      at += [...text].filter((letter) => letter === "o" || letter === "O").length;
    }
  }
  words.operands.push(...args.slice(at));
  return words;
}

function readFish(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(
    invocation.args,
    "+ c,command: C,init-command: -ilNnPv d: D: o: f: features: private no-config login " +
      "interactive",
  );
  // Much of fish is shell as others know it, and not all.
  for (const { name, value } of read.options) {
    if ((name === "c" || name === "C") && value !== null) {
      builder.run({ kind: "code", language: "fish", text: value });
    }
  }
  const isText = read.options.some(({ name }) => name === "c");
  const [file] = read.operands;
  if (!isText && file !== undefined) builder.script("fish", file);
  else if (!isText) builder.run({ kind: "input", language: "fish" });
  return builder.end();
}

function readForeignShell(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const { name, args } = invocation;
  const at = args.findIndex(({ text }) => /^-+c(?:ommand)?$|^-[a-z]*c$|^-enc/i.test(text));
  const text = args[at + 1];
  const file = args.find((word) => !word.text.startsWith("-"));
  if (at !== -1 && text !== undefined) builder.run({ kind: "code", language: name, text });
  else if (file !== undefined) builder.script(name, file);
  else builder.run({ kind: "input", language: name });
  return builder.end();
}
