/**
 * Help from the command table: `-h` is one screen, `--help` begins with examples and leaves nothing
 * out.
 *
 * @module
 */
import { paint, type Style } from "./colour.ts";
import { type Command, type Flag, flagsOf, type Positional, programName } from "./command.ts";
import { renderTable } from "./table.ts";
import { findTopic, topics } from "./topics.ts";
import { quote, unknownWord } from "./usage_error.ts";

export interface HelpOptions {
  readonly long: boolean;
  /** Columns of the terminal; null for none. */
  readonly width: number | null;
  readonly style: Style;
}

type AnyCommand = Omit<Command<never>, "run">;

const noTerminalColumns = 80;
const maxColumns = 100;

/**
 * Help for one command; for null, the commands below `group`, which is empty for the program.
 */
export function renderHelp(
  command: AnyCommand | null,
  options: HelpOptions & {
    readonly commands: readonly AnyCommand[];
    readonly group?: readonly string[];
  },
): string {
  const sections = command === null
    ? groupSections(options.group ?? [], options.commands, options)
    : commandSections(command, options);
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

/**
 * What `help WORDS` shows: the program, a topic, a command or a group.
 *
 * @throws {EngineError} `usage` when the words name none of them.
 */
export function renderHelpFor(
  words: readonly string[],
  commands: readonly AnyCommand[],
  options: Omit<HelpOptions, "long">,
): string {
  const name = words.join(" ");
  const topic = findTopic(name);
  if (topic !== null) return `${topic.render()}\n`;
  const command = commands.find(({ path }) => path.join(" ") === name) ?? null;
  const isGroup = commands.some(({ path }) => path.slice(0, words.length).join(" ") === name);
  if (command === null && !isGroup) {
    const known = [...topics.map((each) => each.name), ...visible(commands).map(nameOf)];
    throw unknownWord(`help topic ${quote(name)}`, name, known, ["help"]);
  }
  return renderHelp(command, { ...options, commands, group: words, long: true });
}

function groupSections(
  group: readonly string[],
  commands: readonly AnyCommand[],
  options: HelpOptions,
): string[] {
  const below = visible(commands).filter(({ path }) => group.every((word, i) => path[i] === word));
  const name = [programName, ...group].join(" ");
  const usage = section("Usage", `  ${name} COMMAND [FLAGS]`, options);
  const pairs = below.map((each) => [nameOf(each), each.summary] as const);
  const list = section("Commands", renderPairs(pairs, options), options);
  if (group.length > 0) return [usage, list, `Run "${name} COMMAND --help" for more.`];
  return [
    `${name}: may this agent do that? allow, ask or deny, and a log that proves it`,
    options.long ? section("Examples", firstExamples(below), options) : "",
    usage,
    list,
    ...options.long ? programSections(options) : [],
    `Run "${name} help COMMAND" or "${name} help TOPIC" for more.`,
  ];
}

function programSections(options: HelpOptions): string[] {
  const flags = flagsOf({ flags: [], formats: [] });
  const pairs = topics.map((each) => [each.name, each.summary] as const);
  return [
    section("Flags of every command", flagList(flags, options), options),
    section("Topics", renderPairs(pairs, options), options),
  ];
}

function firstExamples(commands: readonly AnyCommand[]): string {
  return exampleLines(commands.flatMap(({ examples }) => examples.slice(0, 1)).slice(0, 5));
}

function commandSections(command: AnyCommand, options: HelpOptions): string[] {
  const { long } = options;
  const name = `${programName} ${nameOf(command)}`;
  const words = command.usage ?? usageWords(command);
  const positionals = [
    ...command.positionals ?? [],
    ...command.rest === undefined ? [] : [command.rest],
  ];
  const flags = flagsOf(command);
  const exits = command.exits.map(([status, meaning]) => [String(status), meaning] as const);
  return [
    `${name}: ${command.summary}`,
    long && command.examples.length > 0
      ? section("Examples", exampleLines(command.examples), options)
      : "",
    section("Usage", `  ${name} ${words}`.trimEnd(), options),
    long && command.description !== undefined ? wrap(command.description, options.width) : "",
    section("Arguments", renderPairs(positionals.map(positionalPair), options), options),
    section("Flags", flagList(flags, options), options),
    long ? section("Exit status", renderPairs(exits, options), options) : "",
    long ? "" : `Run "${name} --help" for examples and exit codes.`,
  ];
}

function usageWords(command: AnyCommand): string {
  const words = (command.positionals ?? []).map(placeholder);
  const rest = command.rest === undefined ? [] : [`-- ${placeholder(command.rest)}`];
  return ["[FLAGS]", ...words, ...rest].join(" ");
}

function placeholder({ name, required, variadic }: Positional): string {
  const word = variadic ? `${name}...` : name;
  return required ? word : `[${word}]`;
}

function positionalPair(positional: Positional): readonly [string, string] {
  return [positional.name, positional.description + choicesText(positional.choices)];
}

function flagList(flags: readonly Flag[], options: HelpOptions): string {
  const shown = flags.filter((flag) => flag.hidden !== true);
  return renderPairs(shown.map((flag) => [spelling(flag), describe(flag)]), options);
}

function spelling({ name, short, kind, value }: Flag): string {
  const letter = short === undefined ? "    " : `-${short}, `;
  return `${letter}--${name}${kind === "string" ? ` ${value ?? "VALUE"}` : ""}`;
}

function describe(flag: Flag): string {
  const again = flag.collect === true ? " (may be repeated)" : "";
  return flag.description + choicesText(flag.choices) + again;
}

const choicesText = (choices: readonly string[] | undefined): string =>
  choices === undefined ? "" : `: ${choices.join(", ")}`;

function exampleLines(examples: AnyCommand["examples"]): string {
  return examples.map(({ command, what }) => `  # ${what}\n  ${command}`).join("\n\n");
}

function section(title: string, body: string, { style }: HelpOptions): string {
  return body === "" ? "" : `${paint(style, "bold", title)}\n${body}`;
}

function renderPairs(pairs: readonly (readonly [string, string])[], options: HelpOptions): string {
  const rows = pairs.map((pair) => pair.map((text) => ({ text })));
  const columns = [{ header: "" }, { header: "" }];
  return renderTable(columns, rows, { style: options.style, width: null, indent: 2 }).trimEnd();
}

/** Fills paragraphs, which are separated by an empty line. */
function wrap(text: string, width: number | null): string {
  const columns = Math.min(width ?? noTerminalColumns, maxColumns);
  return text.split("\n\n").map((paragraph) => {
    const lines = [""];
    for (const word of paragraph.split(/\s+/)) {
      const line = lines.at(-1) ?? "";
      if (line !== "" && line.length + 1 + word.length > columns) lines.push(word);
      else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
    }
    return lines.join("\n");
  }).join("\n\n");
}

const visible = (commands: readonly AnyCommand[]): readonly AnyCommand[] =>
  commands.filter((command) => command.hidden !== true);
const nameOf = (command: AnyCommand): string => command.path.join(" ");
