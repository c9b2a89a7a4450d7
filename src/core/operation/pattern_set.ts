/**
 * Many patterns compiled into one matcher.
 *
 * @module
 */
import type { Glob, NamePattern } from "./glob.ts";
import { buildWildIndex, type WildEntry, type WildIndex } from "./wild_index.ts";

/** Many patterns compiled into one matcher: cost grows with the path, hardly with the patterns. */
export interface PatternSet {
  /** Indexes, ascending, of the patterns that match any of the forms (see path.ts). */
  readonly match: (forms: readonly string[]) => readonly number[];
  /**
   * Indexes, ascending, of anchored patterns that could match something below a folder given by
   * its forms, whether it exists or not. Patterns that match at any depth are not listed: for
   * those the folder's entries must be looked at.
   */
  readonly mayMatchBelow: (forms: readonly string[]) => readonly number[];
}

/**
 * Compiles patterns into two tries of names: one for paths relative to the root (all patterns but
 * `//...`), one for absolute paths (`/...` and `//...`). Indexes are positions in `globs`.
 *
 * @see SPEC.md, section 3
 */
export function compilePatternSet(globs: readonly Glob[]): PatternSet {
  const relative = new TrieNode();
  const absolute = new TrieNode();
  globs.forEach((glob, index) => {
    if (glob.isRelative) relative.insert(glob.names, index);
    if (glob.isAbsolute) absolute.insert(glob.names, index);
  });

  const walkForms = (forms: readonly string[], collect: typeof collectMatches) => {
    const found: number[] = [];
    for (const form of forms) {
      const root = form.startsWith("/") ? absolute : relative;
      if (!root.isEmpty) collect(root, form, found);
    }
    return found.length === 0 ? none : [...new Set(found)].sort((a, b) => a - b);
  };
  return {
    match: (forms) => walkForms(forms, collectMatches),
    mayMatchBelow: (forms) => walkForms(forms, collectBelow),
  };
}

const none: readonly number[] = Object.freeze([]);

/** One name pattern's place in the trie; what matches a node covers everything below. */
class TrieNode {
  /** Patterns that end here. */
  readonly ends: number[] = [];
  /** Where `**` leads; a deep node stays reached, whatever names follow. */
  deep: TrieNode | null = null;
  readonly isDeep: boolean;
  /** Only anchored names lead here: no `**` on the way. */
  readonly isAnchored: boolean;
  readonly #literals = new Map<string, TrieNode>();
  readonly #wilds = new Map<string, WildEntry<TrieNode>>();
  #index: WildIndex<TrieNode> | null = null;
  #reachedAt = 0;

  constructor(isDeep = false, isAnchored = true) {
    this.isDeep = isDeep;
    this.isAnchored = isAnchored;
  }

  /** No pattern leads here or on. */
  get isEmpty(): boolean {
    return this.ends.length === 0 && this.isLeaf;
  }

  get isLeaf(): boolean {
    return this.deep === null && this.#literals.size === 0 && this.#wilds.size === 0;
  }

  insert(names: readonly NamePattern[], index: number): void {
    // deno-lint-ignore no-this-alias -- the walk down starts at the root
    let node: TrieNode = this;
    for (const name of names) node = node.#childFor(name);
    node.ends.push(index);
  }

  #childFor(name: NamePattern): TrieNode {
    if (name.kind === "deep") return this.deep ??= new TrieNode(true, false);
    const child = new TrieNode(false, this.isAnchored);
    if (name.kind === "literal") {
      const known = this.#literals.get(name.text);
      if (known === undefined) this.#literals.set(name.text, child);
      return known ?? child;
    }
    const key = JSON.stringify(name.tokens);
    const known = this.#wilds.get(key);
    if (known === undefined) this.#wilds.set(key, { tokens: name.tokens, value: child });
    return known?.value ?? child;
  }

  /** False when the node was reached at this step already. */
  isNewAt(step: number): boolean {
    const isNew = this.#reachedAt !== step;
    this.#reachedAt = step;
    return isNew;
  }

  /** Adds the nodes that one more name leads to, `**` aside. */
  collectNext(name: string, found: TrieNode[]): void {
    if (this.#literals.size > 0) {
      const literal = this.#literals.get(name);
      if (literal !== undefined) found.push(literal);
    }
    if (this.#wilds.size === 0) return;
    this.#index ??= buildWildIndex([...this.#wilds.values()]);
    this.#index(name, found);
  }

  /** Nodes a fixed number of names further down. */
  *children(): Iterable<TrieNode> {
    yield* this.#literals.values();
    for (const { value } of this.#wilds.values()) yield value;
  }
}

/** Numbers the steps of all walks, so that a node knows whether this one reached it. */
let step = 0;

/**
 * Walks the names of a form and returns the nodes reached by all of them that lead on. `reach`
 * sees every node on the way.
 */
function walk(root: TrieNode, form: string, reach: (node: TrieNode) => void): readonly TrieNode[] {
  let active = enter([root], [], reach);
  for (let start = 0; start < form.length && active.length > 0;) {
    const slash = form.indexOf("/", start);
    const end = slash === -1 ? form.length : slash;
    if (end > start) {
      const name = form.slice(start, end);
      const next: TrieNode[] = [];
      for (const node of active) node.collectNext(name, next);
      active = enter(next, active.filter((node) => node.isDeep), reach);
    }
    start = end + 1;
  }
  return active;
}

/** Adds to the nodes that stay reached those that are new and lead on, with what `**` opens. */
function enter(
  nodes: readonly TrieNode[],
  stay: TrieNode[],
  reach: (node: TrieNode) => void,
): TrieNode[] {
  step++;
  for (const node of stay) node.isNewAt(step);
  for (const node of nodes) {
    reach(node);
    if (!node.isLeaf) stay.push(node);
    if (node.deep?.isNewAt(step)) stay.push(node.deep);
  }
  return stay;
}

function collectMatches(root: TrieNode, form: string, found: number[]): void {
  walk(root, form, (node) => {
    if (node.ends.length > 0) found.push(...node.ends);
  });
}

/** Anchored patterns that match the folder, and those with some but not all names matched. */
function collectBelow(root: TrieNode, form: string, found: number[]): void {
  const active = walk(root, form, (node) => {
    if (node.isAnchored) found.push(...node.ends);
  });
  const open = active.flatMap((node) => node.isDeep ? [] : [...node.children()]);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    found.push(...node.ends);
    open.push(...node.children());
  }
}
