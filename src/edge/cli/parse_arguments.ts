/**
 * Reads the words after a command as its flags and positionals. Strict: a spelling that could be
 * read in two ways is refused, since callers are scripts and agents.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { EngineError } from "../../core/errors.ts";
import { type OutputFormat, outputFormats } from "../render.ts";
import {
  type Command,
  type Flag,
  flagsOf,
  type FlagValues,
  type ParsedArguments,
  type Positional,
} from "./command.ts";
import { quote, seeHelp, unknownWord, usageError } from "./usage_error.ts";

/**
 * Reads what follows a command's words.
 *
 * @param args Up to the first `--`, in order, without the command's words.
 * @param after What followed that `--`.
 * @throws {EngineError} `usage`
 */
export function parseArguments<Context>(
  command: Command<Context>,
  args: readonly string[],
  after: readonly string[],
): ParsedArguments {
  const all = flagsOf(command);
  const names = (kind: Flag["kind"]): string[] =>
    all.filter((flag) => flag.kind === kind).map((flag) => flag.name);
  // parseArgs guesses at numbers, nested names, clusters and missing values: it is only given
  // spellings that leave nothing to guess, and collects everything so that repeats show.
  const given = parseArgs(spellOut(args, all, command.path, command.flagHints), {
    string: ["_", ...names("string")],
    boolean: names("boolean"),
    collect: all.map((flag) => flag.name),
  });
  const flags = readFlags(all, given, command.path);
  const words = given._.map(String);
  const positionals = command.rest === undefined ? [...words, ...after] : words;
  const rest = command.rest === undefined ? [] : after;
  refuseArity(positionals, command.positionals ?? [], command.path);
  if (command.rest?.required === true && rest.length === 0) {
    throw usageError(`Missing argument ${command.rest.name} after "--"`, seeHelp(command.path));
  }
  return { flags, format: readFormat(flags, command), positionals, rest };
}

/** Rewrites every flag as `--name=value`; everything else is a positional. */
export function spellOut(
  args: readonly string[],
  flags: readonly Flag[],
  path: readonly string[] = [],
  hints: Command<never>["flagHints"] = {},
): string[] {
  const spelled: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (!isFlag(arg)) {
      spelled.push(arg);
      continue;
    }
    const { flag, inline } = findFlag(arg, flags, path, hints);
    const takesNext = flag.kind === "string" && inline === null;
    const value = takesNext ? args[++i] ?? null : inline;
    refuseValue(flag, value, takesNext, path);
    spelled.push(`--${flag.name}=${value ?? "true"}`);
  }
  return spelled;
}

function findFlag(
  arg: string,
  flags: readonly Flag[],
  path: readonly string[],
  hints: Readonly<Record<string, string>>,
): { readonly flag: Flag; readonly inline: string | null } {
  const equals = arg.indexOf("=");
  const name = equals === -1 ? arg : arg.slice(0, equals);
  const flag = flags.find((each) => name === `--${each.name}` || name === shortSpelling(each));
  if (flag !== undefined) return { flag, inline: equals === -1 ? null : arg.slice(equals + 1) };
  const visible = flags.filter((each) => each.hidden !== true).map((each) => `--${each.name}`);
  const hint = Object.hasOwn(hints, name) ? hints[name] : undefined;
  if (hint !== undefined) throw usageError(`There is no flag ${name}`, hint);
  throw unknownWord(`flag ${quote(name)}`, name, visible, path);
}

const shortSpelling = (flag: Flag): string | null =>
  flag.short === undefined ? null : `-${flag.short}`;

function refuseValue(
  flag: Flag,
  value: string | null,
  isSeparate: boolean,
  path: readonly string[],
): void {
  const name = `--${flag.name}`;
  if (flag.kind === "boolean") {
    if (value !== null) throw usageError(`Flag ${name} takes no value`, seeHelp(path));
    return;
  }
  if (value === null || (isSeparate && isFlag(value))) {
    const spelling = `${name}=${flag.value ?? "VALUE"}`;
    const hint = `Write ${spelling}; a value that starts with "-" needs the "="`;
    throw usageError(`Flag ${name} needs a value`, hint);
  }
  if (value === "" && flag.mayBeEmpty !== true) {
    throw usageError(`Flag ${name} has an empty value`, seeHelp(path));
  }
  refuseChoice(name, value, flag.choices);
}

function readFlags(
  all: readonly Flag[],
  given: Readonly<Record<string, unknown>>,
  path: readonly string[],
): FlagValues {
  const valuesOf = (name: string): readonly string[] => {
    if (!all.some((flag) => flag.name === name)) {
      throw new EngineError("internal", `Flag --${name} is not declared by its command`);
    }
    const values = given[name];
    return Array.isArray(values) ? values.map(String) : [];
  };
  for (const flag of all) {
    if (flag.collect === true || valuesOf(flag.name).length < 2) continue;
    throw usageError(`Flag --${flag.name} is given more than once`, seeHelp(path));
  }
  return {
    text: (name) => valuesOf(name)[0] ?? null,
    texts: valuesOf,
    isSet: (name) => valuesOf(name).length > 0,
  };
}

function readFormat<Context>(flags: FlagValues, command: Command<Context>): OutputFormat {
  const formats = command.formats ?? ["table", "json"];
  if (formats.length === 0) return "table";
  const isJson = formats.includes("json") && flags.isSet("json");
  const format = flags.text("format");
  if (isJson && format !== null) {
    throw usageError("Flags --json and --format are both given", "Leave one of them out");
  }
  const offered = isJson ? "json" : formats.find((each) => each === format) ?? formats[0];
  return outputFormats.find((each) => each === offered) ?? "table";
}

function refuseArity(
  words: readonly string[],
  positionals: readonly Positional[],
  path: readonly string[],
): void {
  words.forEach((word, index) => {
    const positional = positionals[index] ?? positionals.findLast((each) => each.variadic);
    if (positional === undefined) {
      // SECURITY: six digits may be a code in the wrong place.
      const what = /^[0-9]{6}$/.test(word) ? "of six digits" : quote(word);
      throw usageError(`Unexpected argument ${what}`, seeHelp(path));
    }
    if (word === "") throw usageError(`Argument ${positional.name} is empty`, seeHelp(path));
    refuseChoice(positional.name, word, positional.choices);
  });
  const missing = positionals.slice(words.length).find((each) => each.required);
  if (missing !== undefined) throw usageError(`Missing argument ${missing.name}`, seeHelp(path));
}

function refuseChoice(
  name: string,
  value: string,
  choices: readonly string[] | undefined,
): void {
  if (choices === undefined || choices.includes(value)) return;
  const message = `Unknown value ${quote(value)} for ${name}`;
  throw usageError(message, `give one of ${choices.join(", ")}`);
}

/** True for `-x` and `--name`; a lone dash is a word: it means standard input. */
export function isFlag(arg: string): boolean {
  return arg.startsWith("-") && arg !== "-";
}
