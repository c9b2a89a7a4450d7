/**
 * Whether a stream gets colour and which characters it can show; the only place that writes escape
 * sequences, and the one gate for text from outside.
 *
 * @module
 */
import { oneLine } from "../../core/errors.ts";
import { maxPathCharacters } from "../../core/limits.ts";

/** What one output stream can show. Decided per stream: stdout may be a pipe, stderr a terminal. */
export interface Style {
  readonly colour: boolean;
  /** False: everything beyond ASCII is escaped. */
  readonly unicode: boolean;
}

/** Neither colour nor anything beyond ASCII. */
export const plainStyle: Style = { colour: false, unicode: false };

/** Every environment variable planStyle reads. */
export const styleVariables = [
  "NO_COLOR",
  "FORCE_COLOR",
  "CLICOLOR_FORCE",
  "TERM",
  "LC_ALL",
  "LC_CTYPE",
  "LANG",
] as const;

export interface StyleFacts {
  /** Value of `--color`; null when not given. */
  readonly flag: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
}

/** Decides the style of one stream. */
export function planStyle(facts: StyleFacts): Style {
  return { colour: hasColour(facts), unicode: isUtf8(facts.environment) };
}

/** `--color`, then NO_COLOR (no-color.org), then the two that force, then the terminal. */
function hasColour({ flag, environment, isTerminal }: StyleFacts): boolean {
  if (flag === "always") return true;
  if (flag === "never") return false;
  if (isSet(environment["NO_COLOR"])) return false;
  if (isForced(environment["FORCE_COLOR"]) || isForced(environment["CLICOLOR_FORCE"])) return true;
  return isTerminal && environment["TERM"] !== "dumb";
}

const isSet = (value: string | undefined): boolean => value !== undefined && value !== "";
const isForced = (value: string | undefined): boolean => isSet(value) && value !== "0";

/** POSIX order: the first variable that is set and not empty names the character encoding. */
function isUtf8(environment: StyleFacts["environment"]): boolean {
  const locale = ["LC_ALL", "LC_CTYPE", "LANG"].map((name) => environment[name]).find(isSet);
  return /utf-?8/i.test(locale ?? "");
}

/** SGR parameters, ECMA-48 section 8.3.117. */
const sgr = {
  bold: "1",
  dim: "2",
  red: "1;31",
  green: "1;32",
  yellow: "1;33",
  cyan: "36",
  /** Black on white on every terminal: of the 256 colours, two that no theme changes. */
  ink: "38;5;16;48;5;231",
} as const;
export type Colour = keyof typeof sgr;

/** Paints text that is safe already; without colour it stays as it is. */
export function paint(style: Style, colour: Colour, text: string): string {
  return style.colour && text !== "" ? `\x1b[${sgr[colour]}m${text}\x1b[0m` : text;
}

/**
 * Makes text from outside safe for one line of this stream: control and direction characters
 * escaped, cut at `maxCharacters`, ASCII where the locale is not UTF-8.
 */
export function renderText(style: Style, text: string, maxCharacters = maxPathCharacters): string {
  const safe = oneLine(text, maxCharacters)
    // What is no character, or half of one.
    .replace(/[\ufffe\uffff]|[\ud800-\udfff]/gu, escapeCharacter);
  if (style.unicode) return safe;
  return safe.replace(/\u2026$/, "...").replace(/[^\0-\x7e]/gu, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
}
