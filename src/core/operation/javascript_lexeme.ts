/**
 * Lexemes of JavaScript and TypeScript outside JSX and templates (ECMA-262, section 12).
 *
 * @module
 */

export interface Lexeme {
  readonly kind: "space" | "word" | "number" | "string" | "regex" | "punctuator";
  readonly text: string;
}

const space = /\s+/y;
const word = /[\p{ID_Start}$_#@][\p{ID_Continue}$\u200c\u200d]*/uy;
const number = /[0-9][0-9A-Za-z_.]*/y;
const punctuator = /=>|&&=?|\|\|=?|\?\?=?|\?\.(?![0-9])|\+\+|--|[^\\]/uy;

/**
 * Reads the lexeme at `at`. A slash begins a regular expression only where an operand may stand,
 * which the caller knows.
 *
 * @returns Null when what begins there never ends, or is no JavaScript.
 */
export function readLexeme(text: string, at: number, isOperandNext: boolean): Lexeme | null {
  const first = text[at];
  const second = text[at + 1];
  if (first === '"' || first === "'") return readString(text, at, first);
  if (first === "/" && second === "/") return take("space", text, at, indexAfter(text, "\n", at));
  if (first === "/" && second === "*") return readBlockComment(text, at);
  if (first === "/" && isOperandNext) return readRegex(text, at);
  return match("space", space, text, at) ?? match("word", word, text, at) ??
    match("number", number, text, at) ?? match("punctuator", punctuator, text, at);
}

function match(kind: Lexeme["kind"], grammar: RegExp, text: string, at: number): Lexeme | null {
  grammar.lastIndex = at;
  return grammar.test(text) ? take(kind, text, at, grammar.lastIndex) : null;
}

function take(kind: Lexeme["kind"], text: string, start: number, end: number): Lexeme {
  return { kind, text: text.slice(start, end) };
}

function indexAfter(text: string, searched: string, from: number): number {
  const found = text.indexOf(searched, from);
  return found === -1 ? text.length : found + searched.length;
}

function readBlockComment(text: string, at: number): Lexeme | null {
  const end = text.indexOf("*/", at + 2);
  return end === -1 ? null : take("space", text, at, end + 2);
}

function readString(text: string, at: number, quote: string): Lexeme | null {
  for (let end = at + 1; end < text.length; end++) {
    const unit = text[end];
    if (unit === quote) return take("string", text, at, end + 1);
    if (unit === "\n") return null;
    // A backslash takes the next character with it, a line's end of two characters too.
    if (unit === "\\") end += text.startsWith("\r\n", end + 1) ? 2 : 1;
  }
  return null;
}

function readRegex(text: string, at: number): Lexeme | null {
  let isInClass = false;
  for (let end = at + 1; end < text.length; end++) {
    const unit = text[end];
    if (unit === "\n") return null;
    if (unit === "\\") end++;
    else if (unit === "[") isInClass = true;
    else if (unit === "]") isInClass = false;
    else if (unit === "/" && !isInClass) return take("regex", text, at, end + 1);
  }
  return null;
}
