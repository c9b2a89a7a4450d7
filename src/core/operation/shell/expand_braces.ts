/**
 * Brace expansion, which the shell does on the text of a word before anything else.
 *
 * @module
 */

/** Words one word may become; a shell would take millions. */
const maxWords = 1_000;

/**
 * All words that a word becomes, still quoted; null when there are more than anybody reads.
 *
 * @see bash(1), Brace Expansion
 */
export function expandBraces(text: string): readonly string[] | null {
  const found = findBrace(text);
  if (found === null) return [text];
  const { start, end, parts } = found;
  const tails = expandBraces(text.slice(end + 1));
  const middles = tails === null ? null : expandParts(parts);
  if (tails === null || middles === null || tails.length * middles.length > maxWords) return null;
  const head = text.slice(0, start);
  return middles.flatMap((middle) => tails.map((tail) => head + middle + tail));
}

function expandParts(parts: readonly string[]): readonly string[] | null {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return expandSequence(only);
  const all: string[] = [];
  for (const part of parts) {
    const words = expandBraces(part);
    if (words === null || all.length + words.length > maxWords) return null;
    all.push(...words);
  }
  return all;
}

interface Brace {
  readonly start: number;
  readonly end: number;
  readonly parts: readonly string[];
}

/** The first brace that expands: one with a comma of its own level, or a sequence. */
function findBrace(text: string): Brace | null {
  for (let start = nextBrace(text, 0); start !== -1; start = nextBrace(text, start + 1)) {
    const brace = readBrace(text, start);
    if (brace !== null) return brace;
  }
  return null;
}

function nextBrace(text: string, from: number): number {
  for (let at = from; at < text.length; at = skipQuoted(text, at)) {
    if (text[at] === "{" && text[at - 1] !== "$") return at;
  }
  return -1;
}

function readBrace(text: string, start: number): Brace | null {
  const parts: string[] = [];
  let depth = 0;
  let partStart = start + 1;
  for (let at = start; at < text.length; at = skipQuoted(text, at)) {
    const character = text[at];
    if (character === "{") depth++;
    else if (character === "," && depth === 1) {
      parts.push(text.slice(partStart, at));
      partStart = at + 1;
    } else if (character === "}" && --depth === 0) {
      parts.push(text.slice(partStart, at));
      const isSequence = parts.length === 1 && sequence.test(parts[0] ?? "");
      return parts.length > 1 || isSequence ? { start, end: at, parts } : null;
    }
  }
  return null;
}

/** Index after the character at `at`, or after the quoted text or substitution that begins there. */
function skipQuoted(text: string, at: number): number {
  const character = text[at];
  if (character === "\\") return at + 2;
  if (character === "'") return after(text.indexOf("'", at + 1), text);
  if (character === "$" && text[at + 1] === "'") return skipTo(text, at + 1, "'");
  if (character === '"' || character === "`") return skipTo(text, at, character);
  if (character === "$" && (text[at + 1] === "(" || text[at + 1] === "{")) {
    return skipGroup(text, at + 1);
  }
  return at + 1;
}

function after(index: number, text: string): number {
  return index === -1 ? text.length : index + 1;
}

function skipTo(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === quote) return at + 1;
  }
  return text.length;
}

function skipGroup(text: string, start: number): number {
  const [open, close] = text[start] === "(" ? ["(", ")"] : ["{", "}"];
  let depth = 0;
  for (let at = start; at < text.length;) {
    if (text[at] === open) depth++;
    if (text[at] === close && --depth === 0) return at + 1;
    at = text[at] === open || text[at] === close ? at + 1 : skipQuoted(text, at);
  }
  return text.length;
}

const sequence = /^(?:-?\d{1,9}\.\.-?\d{1,9}|[A-Za-z]\.\.[A-Za-z])(?:\.\.-?\d{1,9})?$/;

function expandSequence(text: string): readonly string[] | null {
  const [from = "", to = "", by = "1"] = text.split("..");
  const isLetters = /[A-Za-z]/.test(from);
  const first = isLetters ? from.charCodeAt(0) : Number(from);
  const last = isLetters ? to.charCodeAt(0) : Number(to);
  const step = Math.max(1, Math.abs(Number(by)));
  const count = Math.floor(Math.abs(last - first) / step) + 1;
  if (count > maxWords) return null;
  const width = /^-?0\d/.test(from) || /^-?0\d/.test(to) ? Math.max(from.length, to.length) : 0;
  return Array.from({ length: count }, (_, index) => {
    const value = first + Math.sign(last - first) * index * step;
    return isLetters ? String.fromCharCode(value) : pad(value, width);
  });
}

function pad(value: number, width: number): string {
  const sign = value < 0 ? "-" : "";
  return sign + String(Math.abs(value)).padStart(width - sign.length, "0");
}
