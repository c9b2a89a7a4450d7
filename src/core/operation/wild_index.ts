/**
 * Many wild name patterns of one folder level: finds those that match a name without trying all.
 *
 * @module
 */
import type { Token } from "./glob.ts";
import { compileNameMatcher, type NameMatcher } from "./name_matcher.ts";

/** A name pattern and what it stands for. */
export interface WildEntry<T> {
  readonly tokens: readonly Token[];
  readonly value: T;
}

/** Adds to `found` the value of each pattern that matches the folded name. */
export type WildIndex<T> = (name: string, found: T[]) => void;

/** Longest piece that is looked up: bounds lookups to this many for each character of a name. */
const maxPieceLength = 4;

/**
 * Builds the index: `*` at once, `*text` and `text*` by hash; of the others only those are run
 * whose rarest piece of literal text is in the name, and those that have none.
 */
export function buildWildIndex<T>(entries: readonly WildEntry<T>[]): WildIndex<T> {
  const all: T[] = [];
  const bySuffix = new TextTable<T>();
  const byPrefix = new TextTable<T>();
  const rest: WildEntry<T>[] = [];
  for (const entry of entries) {
    const { tokens, value } = entry;
    const head = tokens.at(-1) === "star" ? literalText(tokens.slice(0, -1)) : null;
    const tail = tokens[0] === "star" ? literalText(tokens.slice(1)) : null;
    if (tail === "") all.push(value);
    else if (tail !== null) bySuffix.add(tail, value);
    else if (head !== null) byPrefix.add(head, value);
    else rest.push(entry);
  }
  const collectRest = rest.length === 0 ? null : indexByPiece(rest);
  return (name, found) => {
    for (const value of all) found.push(value);
    bySuffix.collectSuffixes(name, found);
    byPrefix.collectPrefixes(name, found);
    collectRest?.(name, found);
  };
}

/** Values by text, looked up once for each length that occurs. */
class TextTable<T> {
  readonly #byText = new Map<string, T[]>();
  readonly #lengths: number[] = [];

  add(text: string, value: T): void {
    const known = this.#byText.get(text);
    if (known !== undefined) known.push(value);
    else this.#byText.set(text, [value]);
    if (this.#lengths.includes(text.length)) return;
    this.#lengths.push(text.length);
    this.#lengths.sort((a, b) => a - b);
  }

  collectSuffixes(name: string, found: T[]): void {
    for (const length of this.#lengths) {
      if (length > name.length) return;
      for (const value of this.#byText.get(name.slice(name.length - length)) ?? []) {
        found.push(value);
      }
    }
  }

  collectPrefixes(name: string, found: T[]): void {
    for (const length of this.#lengths) {
      if (length > name.length) return;
      for (const value of this.#byText.get(name.slice(0, length)) ?? []) found.push(value);
    }
  }

  /** Values of every text anywhere in the name; one value may be found more than once. */
  collectParts(name: string, found: T[]): void {
    for (let start = 0; start < name.length; start++) {
      for (const length of this.#lengths) {
        if (start + length > name.length) break;
        for (const value of this.#byText.get(name.slice(start, start + length)) ?? []) {
          found.push(value);
        }
      }
    }
  }
}

/** The entries that share a piece, as one automaton: compiled when a name first has the piece. */
class Group<T> {
  readonly #entries: readonly WildEntry<T>[];
  #matcher: NameMatcher | null = null;

  constructor(entries: readonly WildEntry<T>[]) {
    this.#entries = entries;
  }

  collect(name: string, found: T[]): void {
    this.#matcher ??= compileNameMatcher(this.#entries.map(({ tokens }) => tokens));
    for (const index of this.#matcher(name)) {
      const entry = this.#entries[index];
      if (entry !== undefined) found.push(entry.value);
    }
  }
}

function indexByPiece<T>(entries: readonly WildEntry<T>[]): WildIndex<T> {
  const always: Group<T>[] = [];
  const byPiece = new TextTable<Group<T>>();
  for (const [piece, members] of groupByRarestPiece(entries)) {
    if (piece === "") always.push(new Group(members));
    else byPiece.add(piece, new Group(members));
  }
  return (name, found) => {
    const groups = [...always];
    byPiece.collectParts(name, groups);
    if (groups.length === 0) return;
    for (const group of new Set(groups)) group.collect(name, found);
  };
}

function groupByRarestPiece<T>(
  entries: readonly WildEntry<T>[],
): ReadonlyMap<string, readonly WildEntry<T>[]> {
  const pieces = entries.map(({ tokens }) => piecesOf(tokens));
  const uses = new Map<string, number>();
  for (const piece of pieces.flat()) uses.set(piece, (uses.get(piece) ?? 0) + 1);
  // A short piece is in more names than a long one that as many patterns use.
  const cost = (piece: string) => (uses.get(piece) ?? 0) / piece.length;
  const groups = new Map<string, WildEntry<T>[]>();
  entries.forEach((entry, i) => {
    const own = pieces[i] ?? [];
    const rarest = own.reduce((a, b) => cost(b) < cost(a) ? b : a, own[0] ?? "");
    const group = groups.get(rarest);
    if (group === undefined) groups.set(rarest, [entry]);
    else group.push(entry);
  });
  return groups;
}

/** Text every match contains: the literal runs, long ones as all their windows. */
function piecesOf(tokens: readonly Token[]): readonly string[] {
  const pieces: string[] = [];
  for (const run of literalRuns(tokens)) {
    const last = Math.max(0, run.length - maxPieceLength);
    for (let start = 0; start <= last; start++) {
      pieces.push(run.slice(start, start + maxPieceLength));
    }
  }
  return pieces;
}

function literalRuns(tokens: readonly Token[]): readonly string[] {
  const runs: string[] = [];
  let run = "";
  for (const token of tokens) {
    if (typeof token === "number") run += String.fromCodePoint(token);
    else if (run !== "") {
      runs.push(run);
      run = "";
    }
  }
  return run === "" ? runs : [...runs, run];
}

/** The text of tokens that are all characters, else null. */
function literalText(tokens: readonly Token[]): string | null {
  let text = "";
  for (const token of tokens) {
    if (typeof token !== "number") return null;
    text += String.fromCodePoint(token);
  }
  return text;
}
