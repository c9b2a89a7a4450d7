/**
 * Decides by brute force what decide() decides by index: SPEC.md of the decision in its plainest
 * words. No folding, no trie, no facts gathered once; ASCII, and paths without odd spellings.
 */
import type { Verdict } from "../../src/core/decision/decision.ts";
import { builtinPatterns } from "../../src/core/operation/builtin_patterns.ts";
import type { Verb } from "../../src/core/operation/effect.ts";
import type { Operation } from "../../src/core/operation/operation.ts";
import type { Disk } from "../../src/core/ports.ts";

/** A policy as people think of it; `operations` are the names in `guarded`. */
export interface PlainPolicy {
  readonly files: readonly string[];
  readonly operations: readonly (keyof typeof guarded)[];
  readonly custom: Readonly<Record<string, readonly Verb[]>>;
  readonly maxFiles: number | null;
  readonly isEnforced: boolean;
  readonly onUnverified: "deny" | "ask";
  readonly default: "allow" | "deny";
}

/** A few names of protected operations: verbs and types they stand for. */
export const guarded = {
  delete: { verbs: ["delete"], types: [] },
  file_write: { verbs: ["write", "create"], types: ["file_write"] },
  rename: { verbs: [], types: ["file_rename"] },
  chmod: { verbs: ["chmod"], types: ["chmod"] },
  execute: { verbs: ["execute"], types: [] },
} as const satisfies Record<
  string,
  { readonly verbs: readonly Verb[]; readonly types: readonly string[] }
>;

/** The whole decision. */
export function decidePlainly(policy: PlainPolicy, operation: Operation, disk: Disk): Verdict {
  const effects = effectsOf(operation, policy).map((effect) => look(effect, operation, disk));
  const changes = effects.filter(({ verb }) => verb !== "read");
  const builtin = builtinPatterns.map(({ pattern }) => pattern);
  const isEngines = (it: Reach) => it.isEngines || it.isLost || touches(it, builtin);
  if (changes.some(isEngines)) return "deny";
  if (!policy.isEnforced) return "allow";
  const verbs = new Set<Verb>([...effects.map(({ verb }) => verb), ...otherVerbs(operation)]);
  const isDenied = policy.default === "deny" ||
    effects.some(({ isLost }) => isLost) ||
    changes.some((it) => it.isOutside || touches(it, policy.files)) ||
    policy.operations.map((name) => guarded[name]).some((rule) =>
      rule.verbs.some((verb) => verbs.has(verb)) ||
      rule.types.some((type) => type === operation.type)
    ) ||
    (verbsOf[operation.type] ?? policy.custom[operation.type]) === undefined ||
    (policy.maxFiles !== null && new Set(operation.affectedFiles).size > policy.maxFiles);
  if (isDenied) return "deny";
  const isUnverified = changes.some(({ isTooMuch }) => isTooMuch) ||
    operation.type === "tool_call" || operation.tool !== null || operation.command !== null ||
    operation.diff !== null;
  return isUnverified ? policy.onUnverified : "allow";
}

const twoPaths: Readonly<Record<string, Verb>> = {
  file_rename: "delete",
  file_copy: "read",
  file_link: "link",
};
const verbsOf: Readonly<Record<string, readonly Verb[]>> = {
  file_read: ["read"],
  file_write: ["write"],
  file_create: ["create"],
  file_delete: ["delete"],
  chmod: ["chmod"],
  command: ["write"],
  tool_call: ["write"],
  file_rename: [],
  file_copy: [],
  file_link: [],
};

interface PlainEffect {
  readonly verb: Verb;
  readonly path: string;
}

function effectsOf(operation: Operation, policy: PlainPolicy): readonly PlainEffect[] {
  const { type, affectedFiles: files } = operation;
  const sourceVerb = twoPaths[type];
  if (sourceVerb === undefined) {
    const verbs = verbsOf[type] ?? policy.custom[type] ?? ["write"];
    return files.flatMap((path) => verbs.map((verb) => ({ verb, path })));
  }
  const sources = files.slice(0, -1);
  const target = files.at(-1) ?? "";
  const isInto = sources.length > 1 || target.endsWith("/");
  return [
    ...sources.map((path) => ({ verb: sourceVerb, path })),
    { verb: "create", path: target },
    ...isInto
      ? sources.map((path): PlainEffect => ({ verb: "create", path: `${target}/${lastOf(path)}` }))
      : [],
  ];
}

function otherVerbs(operation: Operation): readonly Verb[] {
  const { type, affectedFiles, command, tool } = operation;
  if (affectedFiles.length === 0 && type === "wipe") return ["delete"];
  return [...command === null ? [] : ["execute"], ...tool === null ? [] : ["call"]] as Verb[];
}

/** One effect and all it reaches. */
interface Reach {
  readonly verb: Verb;
  /** Absolute: the path by both answers, what is below, what comes to be below. */
  readonly places: readonly string[];
  readonly folders: readonly string[];
  readonly root: string;
  readonly isLost: boolean;
  readonly isOutside: boolean;
  readonly isTooMuch: boolean;
  readonly isEngines: boolean;
}

function look({ verb, path }: PlainEffect, operation: Operation, disk: Disk): Reach {
  const found = disk.resolve(path, operation.cwd);
  const answers = found.real === null ? [found.lexical] : [found.lexical, found.real];
  const isAbove = answers.some((answer) => `${disk.root}/`.startsWith(slashed(answer)));
  const nothing = { suffixes: [], isWhole: true };
  const come = verb === "create" ? arriving(found.kind === "directory", operation, disk) : nothing;
  const there = found.kind === "directory" ? below(found.real, disk) : [];
  const isFolder = found.kind === "directory" ||
    (verb === "create" && mayBeFolder(operation, disk));
  const reaches = isFolder || ["delete", "link", "chmod"].includes(verb);
  const suffixes = [...there ?? [], ...come.suffixes];
  return {
    verb,
    places: answers.flatMap((answer) => ["", ...suffixes].map((suffix) => answer + suffix)),
    folders: reaches ? answers : [],
    root: disk.root,
    isLost: found.real === null,
    isOutside: found.real !== null &&
      answers.some((answer) => !slashed(answer).startsWith(`${disk.root}/`)),
    isTooMuch: !isAbove && (there === null || !come.isWhole),
    isEngines: isAbove || (found.linkCount ?? 1) > 1 && isOwn(found.identity, disk),
  };
}

function below(folder: string | null, disk: Disk): readonly string[] | null {
  return disk.listBelow(folder ?? "", 20_000)?.map((path) => path.slice(folder?.length)) ?? null;
}

interface Coming {
  readonly suffixes: readonly string[];
  readonly isWhole: boolean;
}

function arriving(isFolder: boolean, operation: Operation, disk: Disk): Coming {
  if (twoPaths[operation.type] === undefined) return { suffixes: [], isWhole: true };
  const suffixes: string[] = [];
  let isWhole = true;
  for (const source of operation.affectedFiles.slice(0, -1)) {
    const found = disk.resolve(source, operation.cwd);
    const listed = found.kind === "directory" ? below(found.real, disk) : [];
    if (listed === null) isWhole = false;
    const within = listed ?? [];
    const name = `/${lastOf(found.lexical)}`;
    suffixes.push(...within, ...isFolder ? ["", ...within].map((each) => name + each) : []);
  }
  return { suffixes, isWhole };
}

function mayBeFolder({ type, affectedFiles, cwd }: Operation, disk: Disk): boolean {
  const sources = twoPaths[type] === undefined ? [] : affectedFiles.slice(0, -1);
  return type === "file_link" ||
    sources.some((source) => disk.resolve(source, cwd).kind !== "file");
}

function isOwn(identity: string | null, disk: Disk): boolean {
  const folder = `${disk.root}/.scalpel`;
  if (disk.resolve(folder, null).kind === "missing") return false;
  const own = disk.listBelow(folder, 20_000);
  return own === null || own.some((path) => disk.resolve(path, null).identity === identity);
}

function touches({ places, folders, root }: Reach, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    readings(pattern, root).some(([wanted, read]) =>
      places.some((place) => matchNames(wanted, read(place), true)) ||
      folders.some((folder) => mayHold(wanted, read(folder)))
    )
  );
}

type Read = (place: string) => readonly string[];

/** Names a pattern wants, and how a path is read against them: from the root, or from the disk's. */
function readings(pattern: string, root: string): readonly (readonly [readonly string[], Read])[] {
  const names = pattern.split("/").filter((name) => name !== "");
  if (!/^[/]|[^/][/][^/]/.test(pattern)) names.unshift("**");
  if (names.at(-1) === "*") names.pop();
  while (names.at(-1) === "**") names.pop();
  const fromRoot = [names, (place: string) => namesFrom(root, place)] as const;
  const fromDisk = [names, namesOf] as const;
  if (pattern.startsWith("//")) return [fromDisk];
  return pattern.startsWith("/") ? [fromRoot, fromDisk] : [fromRoot];
}

function namesFrom(root: string, place: string): readonly string[] {
  const above = namesOf(root);
  const names = namesOf(place);
  const shared = above.findIndex((name, i) => name !== names[i]);
  if (shared === -1) return names.slice(above.length);
  if (shared === names.length) return [];
  return [...above.slice(shared).map(() => ".."), ...names.slice(shared)];
}

function mayHold(wanted: readonly string[], folder: readonly string[]): boolean {
  return wanted.some((_, i) =>
    !wanted.slice(i).includes("**") && wanted[i - 1] !== "**" &&
    matchNames(wanted.slice(0, i), folder, false)
  );
}

function matchNames(
  wanted: readonly string[],
  names: readonly string[],
  isPrefixEnough: boolean,
): boolean {
  const [first, ...rest] = wanted;
  const [name, ...others] = names;
  if (first === undefined) return isPrefixEnough || name === undefined;
  if (first === "**" && matchNames(rest, names, isPrefixEnough)) return true;
  if (name === undefined) return false;
  return first === "**"
    ? matchNames(wanted, others, isPrefixEnough)
    : matchName(first, name) && matchNames(rest, others, isPrefixEnough);
}

function matchName(wanted: string, name: string): boolean {
  if (wanted === "") return name === "";
  if (wanted.startsWith("*")) {
    return matchName(wanted.slice(1), name) || (name !== "" && matchName(wanted, name.slice(1)));
  }
  return name !== "" && (wanted.startsWith("?") || wanted[0] === name[0]) &&
    matchName(wanted.slice(1), name.slice(1));
}

function namesOf(path: string): readonly string[] {
  return path.toLowerCase().split("/").filter((name) => name !== "");
}

function lastOf(path: string): string {
  return path.split("/").findLast((name) => name !== "") ?? "";
}

function slashed(path: string): string {
  return path === "/" ? path : `${path}/`;
}
