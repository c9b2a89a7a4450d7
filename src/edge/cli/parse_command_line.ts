/**
 * Reads a command line as one command with its flags, a request for help, or a refusal.
 *
 * @module
 */
import { type OutputFormat, outputFormats } from "../render.ts";
import { type Command, flagsOf, type ParsedArguments } from "./command.ts";
import { isFlag, parseArguments, spellOut } from "./parse_arguments.ts";
import { quote, seeHelp, unknownWord, usageError } from "./usage_error.ts";

/** A request for help: of a command, of a group of commands, or (empty `group`) of the program. */
export interface HelpRequest<Context> {
  readonly kind: "help";
  readonly command: Command<Context> | null;
  readonly group: readonly string[];
  readonly long: boolean;
  /** 64 when nobody asked: help then belongs on stderr. */
  readonly exit: 0 | 64;
}

export type CommandLine<Context> =
  | {
    readonly kind: "run";
    readonly command: Command<Context>;
    readonly parsed: ParsedArguments;
  }
  | HelpRequest<Context>;

/**
 * Reads the arguments after the program's name. Common flags may stand before the command;
 * `--version` alone is the command `version`.
 *
 * @throws {EngineError} `usage` for everything that is not exactly one reading of the table.
 */
export function parseCommandLine<Context>(
  argv: readonly string[],
  commands: readonly Command<Context>[],
): CommandLine<Context> {
  argv.forEach(refuseUnreadable);
  const cut = argv.indexOf("--");
  const given = cut === -1 ? argv : argv.slice(0, cut);
  const after = cut === -1 ? [] : argv.slice(cut + 1);
  const head = given[0] === "--version" ? ["version", ...given.slice(1)] : given;
  const { command, words, others } = findCommand(head, commands);
  const long = head.includes("--help");
  if (long || head.includes("-h")) {
    // SECURITY: help ends with 0. A file that is called --help must not be a way to get there.
    if (others.some((arg) => arg !== "--help" && arg !== "-h")) {
      throw usageError("Help was asked for among other arguments", "ask for help alone");
    }
    return { kind: "help", command, group: words, long, exit: 0 };
  }
  if (command === null) {
    spellOut(others, flagsOf(null));
    return { kind: "help", command, group: words, long, exit: 64 };
  }
  return { kind: "run", command, parsed: parseArguments(command, others, after) };
}

/** The format a command line asks for, whether or not it parses: errors are rendered in it. */
export function guessFormat(argv: readonly string[]): OutputFormat {
  const cut = argv.indexOf("--");
  const head = cut === -1 ? argv : argv.slice(0, cut);
  if (head.includes("--json")) return "json";
  const separate = head[head.indexOf("--format") + 1];
  const wanted = head.find((arg) => arg.startsWith("--format="))?.slice("--format=".length) ??
    (head.includes("--format") ? separate : undefined);
  return outputFormats.find((format) => format === wanted) ?? "table";
}

function refuseUnreadable(arg: string, index: number): void {
  // SECURITY: bytes that are not UTF-8 arrive replaced by U+FFFD: the text names another file.
  if (arg.isWellFormed() && !arg.includes("\ufffd")) return;
  throw usageError(`Argument ${index + 1} is not valid UTF-8`, "Pass such names as JSON on stdin");
}

interface Found<Context> {
  readonly command: Command<Context> | null;
  readonly words: readonly string[];
  /** Every argument but the command's words. */
  readonly others: readonly string[];
}

function findCommand<Context>(
  head: readonly string[],
  commands: readonly Command<Context>[],
): Found<Context> {
  const start = skipFlags(head);
  let end = start;
  const children = (): string[] => childrenOf(head.slice(start, end), commands);
  while (children().includes(head[end] ?? "")) end++;
  const words = head.slice(start, end);
  const command = commands.find((each) => isSame(each.path, words)) ?? null;
  const next = head[end];
  if (command === null && next !== undefined && !isFlag(next)) {
    const visible = childrenOf(words, commands.filter((each) => each.hidden !== true));
    // Of a group all there are; of the program the help is shorter.
    const otherwise = words.length === 0 ? seeHelp(words) : `Give one of ${visible.join(", ")}`;
    const what = `command ${quote([...words, next].join(" "))}`;
    throw unknownWord(what, next, visible, words, otherwise);
  }
  return { command, words, others: [...head.slice(0, start), ...head.slice(end)] };
}

/** Words that may follow `words`. */
function childrenOf<Context>(
  words: readonly string[],
  commands: readonly Command<Context>[],
): string[] {
  const below = commands.filter(({ path }) => isSame(path.slice(0, words.length), words));
  return [...new Set(below.flatMap(({ path }) => path.slice(words.length, words.length + 1)))];
}

/** Index of the first word that is neither a common flag nor its value. */
function skipFlags(head: readonly string[]): number {
  let index = 0;
  for (let arg = head[0]; arg !== undefined && isFlag(arg); arg = head[index]) {
    const takesNext = flagsOf(null).some((flag) =>
      flag.kind === "string" && arg === `--${flag.name}`
    );
    index += takesNext ? 2 : 1;
  }
  return index;
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((word, i) => word === b[i]);
