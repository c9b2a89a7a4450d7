/**
 * Loads tests/vectors/shell; the format is in its README.md, and whatever that does not name is
 * refused.
 */
const folder = new URL("../vectors/shell/", import.meta.url);

/** One command line, or several of which each is asked for and run on its own. */
export interface ShellVector {
  /** `group: what is special about it`. */
  readonly name: string;
  readonly cases: readonly string[];
  /** Asked for and run one after the other; the last is the one the vector is about. */
  readonly steps: readonly string[];
  /** Relative to the project's root. */
  readonly cwd: string | null;
  /** Programs it needs beyond those every system has. */
  readonly needs: readonly string[];
}

export interface HostileVector extends ShellVector {
  /** Protected paths that bash really changes; a folder stands for something below it. */
  readonly changes: readonly string[];
  /** The first bash that understands it; older ones change nothing. */
  readonly since: string | null;
  /** Why no sandbox can show what it does; null for nearly all. Decided all the same. */
  readonly unproven: string | null;
}

export interface HarmlessVector extends ShellVector {
  /** Exit status of bash. */
  readonly exit: number;
}

interface RawVector {
  readonly name: string;
  readonly command: string;
  readonly cases?: readonly string[];
  readonly pad?: { readonly text: string; readonly times: number };
  readonly before?: readonly string[];
  readonly cwd?: string;
  readonly needs?: readonly string[];
  readonly since?: string;
  readonly unproven?: string;
  readonly changes?: readonly string[];
  readonly exit?: number;
}

const commonKeys = ["name", "cases", "command", "pad", "before", "cwd", "needs"];

/** @throws when a key, a name or the count is not the expected one. */
export function loadHostile(): readonly HostileVector[] {
  const vectors = load("hostile.json", ["since", "unproven", "changes"]).map((raw) => {
    const { changes = [], since = null, unproven = null } = raw;
    if (changes.length === 0) throw new Error(`${raw.name}: what does it change?`);
    return { ...vectorOf(raw), changes, since, unproven };
  });
  const unproven = vectors.filter((vector) => vector.unproven !== null).length;
  requireCount("unproven", unproven);
  return vectors;
}

/** @throws when a key, a name or the count is not the expected one. */
export function loadHarmless(): readonly HarmlessVector[] {
  return load("harmless.json", ["exit"]).map((raw) => ({ ...vectorOf(raw), exit: raw.exit ?? 0 }));
}

function load(file: string, ownKeys: readonly string[]): readonly RawVector[] {
  const vectors: readonly RawVector[] = JSON.parse(Deno.readTextFileSync(new URL(file, folder)));
  requireCount(file, vectors.length);
  const names = new Set<string>();
  for (const vector of vectors) {
    const known = [...commonKeys, ...ownKeys];
    const strange = Object.keys(vector).find((key) => !known.includes(key));
    if (strange !== undefined) throw new Error(`${vector.name}: unknown key "${strange}"`);
    if (names.has(vector.name)) throw new Error(`${file}: "${vector.name}" stands twice`);
    names.add(vector.name);
  }
  return vectors;
}

function requireCount(what: string, count: number): void {
  const counts = JSON.parse(Deno.readTextFileSync(new URL("manifest.json", folder)));
  if (count === 0 || count !== counts[what]) {
    throw new Error(`${what}: there are ${count}, the manifest says ${counts[what]}`);
  }
}

function vectorOf({ name, command, cases = [], pad, before = [], cwd, needs = [] }: RawVector) {
  const padding = pad === undefined ? "" : pad.text.repeat(pad.times);
  return { name, cases, steps: [...before, padding + command], cwd: cwd ?? null, needs };
}

/** Vectors that stand under one heading, with the IDs of all their threats. */
export interface ShellGroup<V extends ShellVector> {
  /** IDs and heading, to begin a test's name with. */
  readonly title: string;
  readonly vectors: readonly V[];
}

/** In the order of the file. */
export function groupVectors<V extends ShellVector>(
  vectors: readonly V[],
): readonly ShellGroup<V>[] {
  const groups = Map.groupBy(vectors, ({ name }) => name.slice(0, name.indexOf(":")));
  return [...groups].map(([heading, members]) => {
    const cases = [...new Set(members.flatMap((vector) => vector.cases))].sort();
    return { title: [...cases, heading].join(" "), vectors: members };
  });
}
