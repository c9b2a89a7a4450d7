/**
 * What a command is: one declarative table feeds the parser, the help and the completions. The
 * commands themselves live one per file in commands/.
 *
 * @module
 */
import type { OfferedFormat, OutputFormat } from "../render.ts";

export const programName = "sealward";

/** One flag, always spelled `--name` or `-s`; values are text, converted by the command itself. */
export interface Flag {
  /** Lower case with dashes; never starts with `no-`, which the argument parser would cut off. */
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  readonly kind: "string" | "boolean";
  /** Placeholder in help; `FILE` and `DIR` also complete as such. */
  readonly value?: string;
  readonly choices?: readonly string[];
  /** May be given more than once. */
  readonly collect?: boolean;
  readonly mayBeEmpty?: boolean;
  /** Works, but help and completion do not mention it. */
  readonly hidden?: boolean;
  readonly description: string;
}

/** An argument without a name; only the last of a command may be variadic. */
export interface Positional {
  /** Placeholder in help; `FILE` and `DIR` also complete as such. */
  readonly name: string;
  readonly required: boolean;
  readonly variadic: boolean;
  readonly choices?: readonly string[];
  readonly description: string;
}

export interface Example {
  readonly command: string;
  readonly what: string;
}

/** One command; `path` is what the user types, no path is the beginning of another. */
export interface Command<Context> {
  readonly path: readonly string[];
  readonly summary: string;
  readonly description?: string;
  /** Replaces the generated line after the command's words. */
  readonly usage?: string;
  readonly examples: readonly Example[];
  readonly flags: readonly Flag[];
  readonly positionals?: readonly Positional[];
  /** What follows `--`, kept apart; a command without it reads those words as positionals. */
  readonly rest?: Positional;
  /** Choices of `--format`, default first; left out means table and json, empty means no flag. */
  readonly formats?: readonly OfferedFormat[];
  readonly exits: readonly (readonly [status: number, meaning: string])[];
  readonly hidden?: boolean;
  /** What to say of flags that people try and that there are not, e.g. `--code`. */
  readonly flagHints?: Readonly<Record<string, string>>;
  /** Resolves to the exit status. */
  readonly run: (context: Context, parsed: ParsedArguments) => Promise<number>;
}

/** Flags as given. Asking for one the command does not declare is a bug and throws `internal`. */
export interface FlagValues {
  readonly text: (name: string) => string | null;
  readonly texts: (name: string) => readonly string[];
  readonly isSet: (name: string) => boolean;
}

export interface ParsedArguments {
  readonly flags: FlagValues;
  readonly format: OutputFormat;
  readonly positionals: readonly string[];
  /** Empty unless the command declares `rest`. */
  readonly rest: readonly string[];
}

/** Every command takes these; `--format` and `--json` come from `formats`. */
export const commonFlags: readonly Flag[] = [
  { name: "help", short: "h", kind: "boolean", description: "Show help; --help shows all of it" },
  {
    name: "color",
    kind: "string",
    value: "WHEN",
    choices: ["auto", "always", "never"],
    description: "Colour the output",
  },
  { name: "quiet", short: "q", kind: "boolean", description: "Answer by exit status only" },
  { name: "root", kind: "string", value: "DIR", description: "Project root" },
];

/** Every flag a command takes, its own first; for null those that may stand before a command. */
export function flagsOf(command: Pick<Command<never>, "flags" | "formats"> | null): Flag[] {
  const formats = command?.formats ?? ["table", "json"];
  return [...command?.flags ?? [], ...formatFlags(formats), ...commonFlags];
}

function formatFlags(formats: readonly OfferedFormat[]): Flag[] {
  if (formats.length === 0) return [];
  const format: Flag = {
    name: "format",
    kind: "string",
    value: "FORMAT",
    choices: formats,
    description: "Form of the answer",
  };
  const json: Flag = { name: "json", kind: "boolean", description: "Same as --format json" };
  return formats.includes("json") ? [format, json] : [format];
}
