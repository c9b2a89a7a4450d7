/**
 * One pattern, parsed: git's wildmatch dialect without its silent corners. SPEC.md, section 2.
 *
 * @module
 */
import { maxPatternCharacters } from "../limits.ts";
import { foldForMatching, unreadableCharacter } from "./fold_for_matching.ts";

/** A pattern that is refused. The policy parser adds file, line and column. */
export class PatternError extends Error {
  /** UTF-16 index into the pattern where the trouble starts. */
  readonly offset: number;
  /** What to write instead. */
  readonly hint: string;

  constructor(offset: number, message: string, hint: string) {
    super(message);
    this.name = "PatternError";
    this.offset = offset;
    this.hint = hint;
  }
}

/** `[...]`: code points inside (or, negated, outside) the ranges, case aside. */
export interface CharacterClass {
  readonly isNegated: boolean;
  readonly ranges: readonly (readonly [from: number, to: number])[];
}

/** A folded code point, `?`, `*` or a class; none of them ever matches a slash. */
export type Token = number | "any" | "star" | CharacterClass;

/** What one name of a path must be; `deep` is `**`: any number of names, none included. */
export type NamePattern =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "wild"; readonly tokens: readonly Token[] }
  | { readonly kind: "deep" };

/** Matches a path when `names` match it or a folder above it. */
export interface Glob {
  /** As written. */
  readonly pattern: string;
  /** Tried on paths relative to the root: all but patterns with two leading slashes. */
  readonly isRelative: boolean;
  /** Tried on absolute paths: patterns with a leading slash, or two. */
  readonly isAbsolute: boolean;
  /** From the root down; never ends in `deep`; empty matches everything. */
  readonly names: readonly NamePattern[];
}

/** Both bound the states a matcher can be in; real patterns have a handful of names, one `**`. */
export const maxPatternNames = 32;
export const maxDeepNames = 8;

const deep: NamePattern = { kind: "deep" };
/** What a backslash may precede: only characters that mean something, so `src\app.ts` is refused. */
const escapable = /[*?[\]\\!#~{}()^\- ]/;

/**
 * Parses one pattern.
 *
 * @throws {PatternError} for everything outside the dialect; nothing is read as "matches nothing".
 * @see SPEC.md, section 2
 */
export function parseGlob(pattern: string): Glob {
  refuseUnreadable(pattern);
  refuseEnds(pattern);
  const isAbsolute = pattern.startsWith("/");
  const isRelative = !pattern.startsWith("//");
  const start = isAbsolute ? isRelative ? 1 : 2 : 0;
  const end = pattern.endsWith("/") ? pattern.length - 1 : pattern.length;
  if (end <= start) {
    throw new PatternError(0, "Got only slashes, wanted a name", "write ** for everything");
  }
  const names: NamePattern[] = [];
  let offset = start;
  for (const text of pattern.slice(start, end).split("/")) {
    names.push(parseName(text, offset));
    offset += text.length + 1;
  }
  refuseTooMany(names);
  const isName = names.length === 1 && !isAbsolute;
  return { pattern, isRelative, isAbsolute, names: simplify(isName ? [deep, ...names] : names) };
}

function refuseTooMany(names: readonly NamePattern[]): void {
  const deepNames = names.filter((name) => name.kind === "deep").length;
  if (names.length <= maxPatternNames && deepNames <= maxDeepNames) return;
  throw new PatternError(
    0,
    `Got ${names.length} names, ${deepNames} of them **: ` +
      `wanted at most ${maxPatternNames}, ${maxDeepNames} of them **`,
    "protect a folder further up",
  );
}

function refuseUnreadable(pattern: string): void {
  if (pattern.length > maxPatternCharacters) {
    throw new PatternError(
      maxPatternCharacters,
      `Got ${pattern.length} characters, wanted at most ${maxPatternCharacters}`,
      "split the pattern",
    );
  }
  const found = unreadableCharacter.exec(pattern);
  if (found === null) return;
  const codePoint = found[0].codePointAt(0) ?? 0;
  throw new PatternError(
    found.index,
    `Got the invisible character U+${codePoint.toString(16).toUpperCase().padStart(4, "0")}`,
    "retype the pattern; files with CRLF line ends leave a U+000D",
  );
}

function refuseEnds(pattern: string): void {
  const first = pattern.charAt(0);
  if (first === "") throw new PatternError(0, "Got an empty pattern", "remove it, or name a file");
  const hint = firstHints[first];
  if (hint !== undefined) throw new PatternError(0, `Got a leading "${first}"`, hint);
  const backslashes = /(\\*) $/.exec(pattern)?.[1]?.length ?? 1;
  if (backslashes % 2 === 0) {
    throw new PatternError(pattern.length - 1, "Got a trailing blank", "remove it, or write \\ ");
  }
}

const firstHints: Readonly<Record<string, string>> = {
  "!": "a protected list only adds; write \\! for a name that starts so",
  "#": "write \\# for a name that starts so",
  "~": "write the folder's path; \\~ for a name that starts so",
  " ": "remove the blank, or write \\ before it",
};

/** `a/*` and `a/**` mean the folder too, and a folder covers what is below it: both are `a`. */
function simplify(names: readonly NamePattern[]): readonly NamePattern[] {
  const kept = names.filter((name, i) => name.kind !== "deep" || names[i - 1]?.kind !== "deep");
  const last = kept.at(-1);
  if (last?.kind === "wild" && last.tokens.length === 1 && last.tokens[0] === "star") kept.pop();
  if (kept.at(-1)?.kind === "deep") kept.pop();
  return kept;
}

function parseName(text: string, offset: number): NamePattern {
  if (text === "**") return deep;
  if (text === "" || text === "." || text === "..") {
    throw new PatternError(
      offset,
      text === "" ? "Got two slashes in a row" : `Got the name "${text}"`,
      "write the path from the project's root, without . and ..",
    );
  }
  const parser = new NameParser(text, offset);
  const tokens = parser.parse();
  const literal = parser.literal;
  return literal === null ? { kind: "wild", tokens } : { kind: "literal", text: literal };
}

/** Reads the tokens of one name. */
class NameParser {
  readonly #text: string;
  readonly #offset: number;
  readonly #tokens: Token[] = [];
  #at = 0;
  #run = "";

  constructor(text: string, offset: number) {
    this.#text = text;
    this.#offset = offset;
  }

  /** The folded name when it has no wildcard, else null. */
  get literal(): string | null {
    const codePoints = this.#tokens.filter((token) => typeof token === "number");
    const isLiteral = codePoints.length === this.#tokens.length;
    return isLiteral ? String.fromCodePoint(...codePoints) : null;
  }

  parse(): readonly Token[] {
    while (this.#at < this.#text.length) {
      const c = this.#text.charAt(this.#at);
      this.#refuseForeignSyntax(c);
      if (c === "*") this.#pushStar();
      else if (c === "?") this.#push("any", 1);
      else if (c === "[") this.#pushClass();
      else this.#run += this.#readCharacter();
    }
    this.#endRun();
    return this.#tokens;
  }

  #fail(message: string, hint: string, at = this.#at): never {
    throw new PatternError(this.#offset + at, message, hint);
  }

  #refuseForeignSyntax(c: string): void {
    if (c === "{" || c === "}") {
      this.#fail(`Got "${c}": braces are not expanded`, "write one pattern for each choice");
    }
    if ("?*+@!".includes(c) && this.#text.charAt(this.#at + 1) === "(") {
      this.#fail(`Got "${c}(": extended globs are not read`, "write \\( for the character");
    }
  }

  #pushStar(): void {
    if (this.#text.charAt(this.#at + 1) === "*") {
      this.#fail("Got ** beside other characters", "write ** between slashes, or a single *");
    }
    this.#push("star", 1);
  }

  #push(token: Token, length: number): void {
    this.#endRun();
    this.#tokens.push(token);
    this.#at += length;
  }

  /** Folds whole runs, not characters: composition needs the neighbours. */
  #endRun(): void {
    const folded = foldForMatching(this.#run);
    if (folded.includes("/")) {
      this.#fail("Got a character that is a slash to some disks", "write a plain slash", 0);
    }
    for (const character of folded) this.#tokens.push(character.codePointAt(0) ?? 0);
    this.#run = "";
  }

  #readCharacter(): string {
    const isEscape = this.#text.charAt(this.#at) === "\\";
    const at = isEscape ? this.#at + 1 : this.#at;
    const character = String.fromCodePoint(this.#text.codePointAt(at) ?? 0);
    if (isEscape && (at >= this.#text.length || !escapable.test(character))) {
      this.#fail("Got a backslash with nothing to escape", "separate folders with /");
    }
    this.#at = at + character.length;
    return character;
  }

  #pushClass(): void {
    this.#endRun();
    const opening = this.#at++;
    const isNegated = "!^".includes(this.#text.charAt(this.#at)) && this.#at < this.#text.length;
    if (isNegated) this.#at++;
    const ranges: [number, number][] = [];
    // As in git, a closing bracket in first place is a member.
    while (ranges.length === 0 || this.#text.charAt(this.#at) !== "]") {
      if (this.#at >= this.#text.length) {
        this.#fail("Got [ without ]", "close it, or write \\[ for the character", opening);
      }
      ranges.push(this.#readRange());
    }
    this.#at++;
    this.#tokens.push({ isNegated, ranges });
  }

  #readRange(): [number, number] {
    const start = this.#at;
    if (/^\[[:.=]/.test(this.#text.slice(start, start + 2))) {
      this.#fail("Got a POSIX class", "write the range, such as [a-z]");
    }
    const from = this.#readCharacter().codePointAt(0) ?? 0;
    const isRange = /^-[^\]]/u.test(this.#text.slice(this.#at, this.#at + 3));
    if (!isRange) return [from, from];
    this.#at++;
    const to = this.#readCharacter().codePointAt(0) ?? 0;
    if (to < from) this.#fail("Got a range that runs backwards", "swap its ends", start);
    return [from, to];
  }
}
