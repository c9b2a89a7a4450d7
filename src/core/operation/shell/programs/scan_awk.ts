/**
 * Reads an awk program for the files and commands in it.
 *
 * @module
 */

export interface AwkProgram {
  readonly writes: readonly string[];
  readonly reads: readonly string[];
  readonly commands: readonly string[];
  /** False when it writes, reads or runs what no literal names, or cannot be read. */
  readonly isPlain: boolean;
}

/** A string literal is `text`; everything else stands as written in `mark`. */
interface Token {
  readonly mark: string;
  readonly text: string | null;
}

/** Scans a program. Total, linear. */
export function scanAwk(source: string): AwkProgram {
  const tokens = tokenize(source);
  if (tokens === null) return { writes: [], reads: [], commands: [], isPlain: false };
  const writes: string[] = [];
  const reads: string[] = [];
  const commands: string[] = [];
  let isPlain = true;
  let printDepth: number | null = null;
  let depth = 0;
  const take = (list: string[], literal: string | null) => {
    if (literal === null) isPlain = false;
    else list.push(literal);
  };
  for (const [at, { mark }] of tokens.entries()) {
    if (mark === "(" || mark === "[") depth++;
    else if (mark === ")" || mark === "]") depth--;
    else if (mark === "print" || mark === "printf") printDepth = depth;
    else if (mark === ";" || mark === "}" || mark === "{" || mark === "\n") printDepth = null;
    else if ((mark === ">" || mark === ">>") && printDepth === depth) {
      take(writes, literalAfter(tokens, at));
    } else if (mark === "|" && tokens[at + 1]?.mark === "getline") {
      take(commands, literalBefore(tokens, at));
    } else if (mark === "|" || mark === "|&") take(commands, literalAfter(tokens, at));
    else if (mark === "system") take(commands, argumentOf(tokens, at));
    else if (mark === "getline") {
      const from = tokens.slice(at + 1, at + 6).findIndex((token) => token.mark === "<");
      if (from !== -1) take(reads, literalAfter(tokens, at + 1 + from));
    } else if (/^(?:@|ARGV|ARGC)$/.test(mark)) isPlain = false;
  }
  return { writes, reads, commands, isPlain };
}

const pattern =
  /"((?:[^"\\\n]|\\[\s\S])*)"|#.*|\\\r?\n|[A-Za-z_]\w*|[0-9][\w.]*|\|\||\|&|>>|>=|&&|\n|[^\S\n]+|[\s\S]/y;

function tokenize(source: string): readonly Token[] | null {
  const tokens: Token[] = [];
  // SECURITY: after `)` or `++` a slash may divide or begin an expression that hides a quote.
  const isMischievous = /[>|]|system|getline/.test(source);
  pattern.lastIndex = 0;
  while (pattern.lastIndex < source.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(source);
    if (match === null) return null;
    const [mark, string] = match;
    if (/^(?:#|\\\r?\n|[^\S\n])/.test(mark)) continue;
    if (mark === '"') return null;
    if (mark === "/" && isMischievous && /^[)+-]$|^getline$/.test(tokens.at(-1)?.mark ?? "")) {
      return null;
    }
    if (mark === "/" && startsRegex(tokens.at(-1))) {
      const end = regexEnd(source, at + 1);
      if (end === null) return null;
      pattern.lastIndex = end;
      tokens.push({ mark: "regex", text: null });
    } else if (string === undefined) tokens.push({ mark, text: null });
    else tokens.push({ mark: "string", text: unescape(string) });
  }
  return tokens;
}

/** After an operand a slash divides. */
function startsRegex(last: Token | undefined): boolean {
  if (last === undefined) return true;
  if (/^(?:print|printf|return|in|case|else|do|getline)$/.test(last.mark)) return true;
  return !/^(?:[\w.]+|[)\]$]|string|regex)$/.test(last.mark);
}

function regexEnd(source: string, start: number): number | null {
  let inSet = false;
  for (let at = start; at < source.length; at++) {
    const letter = source[at];
    if (letter === "\n") return null;
    if (letter === "\\") at++;
    else if (letter === "[") inSet = true;
    else if (letter === "]") inSet = false;
    // Awks differ on a slash in a set.
    else if (letter === "/") return inSet ? null : at + 1;
  }
  return null;
}

/** A literal that is the whole expression. */
function literalAfter(tokens: readonly Token[], at: number): string | null {
  const text = tokens[at + 1]?.text ?? null;
  const next = tokens[at + 2]?.mark ?? ";";
  return /^(?:[;}\n)]|&&|\|\|)$/.test(next) ? text : null;
}

function literalBefore(tokens: readonly Token[], at: number): string | null {
  const before = tokens[at - 2]?.mark ?? ";";
  return /^(?:[;{(\n!]|while|if)$/.test(before) ? tokens[at - 1]?.text ?? null : null;
}

function argumentOf(tokens: readonly Token[], at: number): string | null {
  const isWhole = tokens[at + 1]?.mark === "(" && tokens[at + 3]?.mark === ")";
  return isWhole ? tokens[at + 2]?.text ?? null : null;
}

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  a: "\x07",
  b: "\b",
  f: "\f",
  r: "\r",
  v: "\v",
};

function unescape(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|\r?\n|([\s\S]))/g,
    (_, hex, octal, letter) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
      return letter === undefined ? "" : escapes[letter] ?? letter;
    },
  );
}
