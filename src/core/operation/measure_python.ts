/**
 * McCabe complexity of Python text, by words and indentation.
 *
 * Counted: `if`, `elif`, `for`, `while`, `except`, `and`, `or` (so comprehensions and conditional
 * expressions too) and each `case` but `case _`. Not counted: `else`, `with`, `assert`, and what
 * stands inside an f-string. A `lambda` belongs to the function around it.
 *
 * @module
 */

/** A function, or the module. */
interface Scope {
  /** Column of its `def`; −1 for the module. */
  readonly indent: number;
  decisions: number;
}

/** What is known of the logical line at hand. */
interface Line {
  /** Its first three tokens: enough to know what it heads. */
  readonly start: string[];
  readonly indent: number;
  last: string;
  hasColon: boolean;
  decisions: number;
}

interface Reader {
  readonly text: string;
  readonly isFragment: boolean;
  readonly module: Scope;
  /** Functions around the line at hand, outermost first. */
  readonly functions: Scope[];
  line: Line | null;
  at: number;
  depth: number;
  most: number;
}

const decisionWords: ReadonlySet<string> = new Set(
  ["if", "elif", "for", "while", "except", "and", "or"],
);

/**
 * Largest complexity of a function, the module's own level counting as one; null when the text
 * does not lex. A fragment may begin or end inside anything, so there only lines that a decision
 * heads count, and the answer is a lower bound.
 */
export function measurePython(text: string, isFragment: boolean): number | null {
  const reader: Reader = {
    text,
    isFragment,
    module: { indent: -1, decisions: 0 },
    functions: [],
    line: null,
    at: 0,
    depth: 0,
    most: 0,
  };
  while (reader.at < text.length) {
    if (!readToken(reader) && !isFragment) return null;
  }
  if (reader.depth !== 0 && !isFragment) return null;
  endLine(reader);
  leaveFunctions(reader, 0);
  return 1 + Math.max(reader.most, reader.module.decisions);
}

const token = new RegExp(
  [
    /(?<space>[ \t\f\r]+|\\\r?\n|#[^\n]*)/,
    /(?<end>\n)/,
    /(?<quote>[bBfFrRtTuU]{0,2}(?:"""|'''|"|'))/,
    /(?<word>[\p{L}_][\p{L}\p{N}\p{M}_]*)/u,
    /(?<other>[0-9][0-9A-Za-z_.]*|.)/u,
  ].map((part) => part.source).join("|"),
  "uy",
);

function readToken(reader: Reader): boolean {
  const start = reader.at;
  token.lastIndex = start;
  const { space, end, quote, word, other } = token.exec(reader.text)?.groups ?? {};
  reader.at = Math.max(token.lastIndex, start + 1);
  if (space !== undefined) return true;
  if (end !== undefined) {
    if (reader.depth === 0) endLine(reader);
    return true;
  }
  const line = reader.line ??= beginLine(reader, start);
  line.last = quote ?? word ?? other ?? "";
  if (line.start.length < 3) line.start.push(line.last);
  if (quote !== undefined) return skipString(reader, quote);
  if (word !== undefined && decisionWords.has(word)) line.decisions++;
  if (word === "def") enterFunction(reader, line);
  return readPunctuation(reader, line, other);
}

function beginLine(reader: Reader, start: number): Line {
  const before = reader.text.slice(reader.text.lastIndexOf("\n", start - 1) + 1, start);
  let indent = 0;
  for (const blank of before) indent = blank === "\t" ? indent - indent % 8 + 8 : indent + 1;
  leaveFunctions(reader, indent);
  return { start: [], indent, last: "", hasColon: false, decisions: 0 };
}

function enterFunction(reader: Reader, line: Line): void {
  if (!/^(?:async )?def$/.test(line.start.join(" "))) return;
  // A fragment's outermost lines may be the end of one function and the start of another.
  if (reader.isFragment) reader.most = Math.max(reader.most, reader.module.decisions);
  if (reader.isFragment) reader.module.decisions = 0;
  reader.functions.push({ indent: line.indent, decisions: 0 });
}

function leaveFunctions(reader: Reader, indent: number): void {
  for (;;) {
    const innermost = reader.functions.at(-1);
    if (innermost === undefined || innermost.indent < indent) return;
    reader.most = Math.max(reader.most, innermost.decisions);
    reader.functions.pop();
  }
}

function endLine(reader: Reader): void {
  const { line } = reader;
  reader.line = null;
  if (line === null) return;
  const [first = "", second = "", third = ""] = line.start;
  const isCase = first === "case" && line.hasColon && third !== "" &&
    !["=", ":", ".", ","].includes(second) && !(second === "_" && third === ":");
  const isHead = line.last === ":" && (isCase || first === "async" || decisionWords.has(first));
  if (reader.isFragment && !isHead) return;
  const scope = reader.functions.at(-1) ?? reader.module;
  scope.decisions += line.decisions + (isCase ? 1 : 0);
}

function readPunctuation(reader: Reader, line: Line, other: string | undefined): boolean {
  if (other === undefined) return true;
  if ("([{".includes(other)) reader.depth++;
  if (")]}".includes(other)) reader.depth--;
  if (other === ":" && reader.depth === 0) line.hasColon = true;
  if (reader.depth >= 0) return true;
  reader.depth = 0;
  return false;
}

function skipString(reader: Reader, quote: string): boolean {
  const { text } = reader;
  const closing = quote.replace(/^[A-Za-z]*/, "");
  while (reader.at < text.length) {
    const unit = text[reader.at];
    if (unit === "\n" && closing.length === 1) return false;
    if (unit !== "\\" && text.startsWith(closing, reader.at)) {
      reader.at += closing.length;
      return true;
    }
    reader.at += unit === "\\" ? 2 : 1;
  }
  return false;
}
