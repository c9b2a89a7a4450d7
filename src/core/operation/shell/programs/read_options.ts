/**
 * Reads options the way GNU getopt, POSIX getopt and single-dash programs do. What an option means
 * is the program's matter.
 *
 * A specification is words, one per option: its names (comma between aliases, a name of one letter
 * is short), then what follows them:
 *
 * | mark | the option |
 * |---|---|
 * | | is a flag; `-abc` lists three short flags |
 * | `:` | takes a value |
 * | `.` | takes a value, and no option follows |
 * | `?` | takes a value only when it is attached |
 * | `#` | takes attached digits only |
 * | `<` `>` `+` | takes a file that is read, written, created |
 * | `@` | takes a host or URL |
 * | `$` | takes shell text |
 * | `*` | takes a value that may make the program do anything |
 * | `!` `=` | is a flag that has the operands written, or only read |
 *
 * `2` before the mark: two values, the second of which counts. `~` after it: stands in for the
 * first operand (`grep -e`). The word `+` first: options end at the first operand; `%` first:
 * names of any length behind one dash.
 *
 * @module
 */
import type { Argument } from "../program_use.ts";

export interface OptionUse {
  /** First of its aliases. */
  readonly name: string;
  readonly mark: string;
  /** Null when the option has none here. */
  readonly value: Argument | null;
}

export interface OptionsRead {
  readonly options: readonly OptionUse[];
  readonly operands: readonly Argument[];
  /** What may be values of options that are not in the specification. */
  readonly guesses: readonly Argument[];
  /** Words that may be options, and nobody knows which. */
  readonly dynamic: readonly Argument[];
  /** False when some operand may be the value of an option: which one is which is then open. */
  readonly isSure: boolean;
  /** Whether an option stands in for the first operand. */
  readonly isFirstGiven: boolean;
  /** Whether the specification has an option through which something is written or run. */
  readonly canWrite: boolean;
}

interface Option {
  readonly name: string;
  readonly isPair: boolean;
  readonly mark: string;
  readonly isFirst: boolean;
}

interface Specification {
  readonly style: "gnu" | "posix" | "single";
  /** By name with its dashes: `-o`, `--output`. */
  readonly options: ReadonlyMap<string, Option>;
  readonly canWrite: boolean;
}

interface Reader {
  readonly specification: Specification;
  readonly args: readonly Argument[];
  readonly options: OptionUse[];
  readonly operands: Argument[];
  readonly guesses: Argument[];
  readonly dynamic: Argument[];
  at: number;
  isSure: boolean;
  isFirstGiven: boolean;
}

/** Reads all of `args`. Total. */
export function readOptions(args: readonly Argument[], text: string): OptionsRead {
  const specification = parseSpecification(text);
  const reader: Reader = {
    specification,
    args,
    options: [],
    operands: [],
    guesses: [],
    dynamic: [],
    at: 0,
    isSure: true,
    isFirstGiven: false,
  };
  while (reader.at < args.length) readWord(reader, specification.style);
  return { ...reader, canWrite: specification.canWrite };
}

/** Whether any of these options (by first alias) is there. */
export function hasOption({ options }: OptionsRead, ...names: readonly string[]): boolean {
  return options.some(({ name }) => names.includes(name));
}

/** Values of an option (by first alias), in order. */
export function optionValues({ options }: OptionsRead, name: string): readonly Argument[] {
  return options.flatMap((option) => option.name === name ? option.value ?? [] : []);
}

const specifications = new Map<string, Specification>();

function parseSpecification(text: string): Specification {
  const known = specifications.get(text);
  if (known !== undefined) return known;
  const words = text.split(" ").filter((word) => word !== "");
  const style = words[0] === "+" ? "posix" : words[0] === "%" ? "single" : "gnu";
  const options = new Map<string, Option>();
  for (const word of words.slice(style === "gnu" ? 0 : 1)) {
    for (const [name, option] of parseOptions(word)) {
      options.set(name.length === 1 || style === "single" ? `-${name}` : `--${name}`, option);
    }
  }
  const canWrite = [...options.values()].some(({ mark }) => ">+$*!".includes(mark) && mark !== "");
  const specification: Specification = { style, options, canWrite };
  specifications.set(text, specification);
  return specification;
}

/** One word of a specification. By hand: the first use of an expression costs milliseconds. */
function parseOptions(word: string): readonly (readonly [string, Option])[] {
  if (word.startsWith("-")) {
    return [...word.slice(1)].map((
      name,
    ) => [name, { name, isPair: false, mark: "", isFirst: false }]);
  }
  const isFirst = word.endsWith("~");
  const marked = isFirst ? word.slice(0, -1) : word;
  const last = marked.at(-1) ?? "";
  const mark = ".:?#<>+@$*!=".includes(last) ? last : "";
  const spelled = mark === "" ? marked : marked.slice(0, -1);
  const isPair = spelled.endsWith("2") && (mark === ":" || mark === "<");
  const names = (isPair ? spelled.slice(0, -1) : spelled).split(",");
  const option = { name: names[0] ?? "", isPair, mark, isFirst };
  return names.map((name) => [name, option]);
}

function readWord(reader: Reader, style: Specification["style"]): void {
  const word = reader.args[reader.at++];
  if (word === undefined) return;
  const { text, isKnown, found, isTame } = word;
  const mayBeOption = !isKnown && found === undefined && isTame !== true && text === "";
  if (mayBeOption) {
    reader.dynamic.push(word);
    reader.isSure = false;
  }
  if (!text.startsWith("-") || found !== undefined || (text === "-" && isKnown)) {
    reader.operands.push(word);
    if (style === "posix") takeRest(reader);
  } else if (text === "--" && isKnown) takeRest(reader);
  else if (style === "single" || text.startsWith("--")) readLong(reader, word);
  else readCluster(reader, word);
}

function takeRest(reader: Reader): void {
  reader.operands.push(...reader.args.slice(reader.at));
  reader.at = reader.args.length;
}

function readLong(reader: Reader, word: Argument): void {
  const [name = ""] = word.text.split("=", 1);
  const hasValue = name.length < word.text.length;
  const attached = hasValue ? { ...word, text: word.text.slice(name.length + 1) } : null;
  const isSingle = reader.specification.style === "single";
  const option = findLong(reader.specification, isSingle ? name.replace(/^--/, "-") : name);
  // An unknown end may spell any longer name.
  if (attached === null && !word.isKnown) return addDynamic(reader, word);
  if (option === null) {
    reader.isSure = false;
    if (attached !== null) reader.guesses.push(attached);
  } else if (attached !== null) addOption(reader, option, attached);
  else addOption(reader, option, takesWord(option.mark) ? takeValue(reader, option) : null);
}

/** GNU takes any beginning of a name; where ours is the beginning of several, the worst counts. */
function findLong({ options, style }: Specification, name: string): Option | null {
  const exact = options.get(name);
  if (exact !== undefined || style === "single") return exact ?? null;
  const likely = [...options].filter(([key]) => key.startsWith(name)).map(([, option]) => option);
  return likely.find(({ mark }) => ">+$*!".includes(mark) && mark !== "") ?? likely[0] ?? null;
}

function readCluster(reader: Reader, word: Argument): void {
  const { text, isKnown } = word;
  for (let at = 1; at < text.length; at++) {
    const option = reader.specification.options.get(`-${text[at]}`);
    const rest = { ...word, text: text.slice(at + 1) };
    const isEnd = rest.text === "" && isKnown;
    if (option === undefined) {
      reader.isSure = false;
      if (!isEnd) reader.guesses.push(rest);
    } else if (option.mark === "#") {
      const [digits = ""] = /^(?:x[0-9a-f]+|[0-9]*)/i.exec(rest.text) ?? [];
      addOption(reader, option, null);
      at += digits.length;
    } else if (option.mark === "?") {
      return addOption(reader, option, isEnd ? null : rest);
    } else if (takesWord(option.mark)) {
      return addOption(reader, option, isEnd ? takeValue(reader, option) : rest);
    } else addOption(reader, option, null);
  }
  if (!isKnown) addDynamic(reader, word);
}

function takesWord(mark: string): boolean {
  return mark !== "" && !"?#!=".includes(mark);
}

function takeValue(reader: Reader, { isPair }: Option): Argument | null {
  if (isPair) reader.at++;
  return reader.args[reader.at++] ?? null;
}

function addOption(reader: Reader, { name, mark, isFirst }: Option, value: Argument | null): void {
  reader.options.push({ name, mark, value });
  if (isFirst) reader.isFirstGiven = true;
  if (mark === ".") takeRest(reader);
}

function addDynamic(reader: Reader, word: Argument): void {
  reader.dynamic.push(word);
  reader.operands.push(word);
  reader.isSure = false;
}
