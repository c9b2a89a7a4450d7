/**
 * Decides by brute force what decide() decides by index: SPEC.md of the decision in its plainest
 * words. No folding, no trie, no facts gathered once; ASCII, and paths without odd spellings.
 */
import type { Verdict } from "../../src/core/decision/decision.ts";
import { builtinPatterns, builtinSecrets } from "../../src/core/operation/builtin_patterns.ts";
import type { Effect, Verb } from "../../src/core/operation/effect.ts";
import type { ProgramCall } from "../../src/core/operation/effect_plan.ts";
import type { Operation } from "../../src/core/operation/operation.ts";
import type { CommandPlan } from "../../src/core/operation/shell/command_plan.ts";
import type { Disk } from "../../src/core/ports.ts";

/** A policy as people think of it; `operations` are the names in `guarded`. */
export interface PlainPolicy {
  readonly files: readonly string[];
  readonly secrets: readonly string[];
  readonly operations: readonly (keyof typeof guarded)[];
  readonly custom: Readonly<Record<string, readonly Verb[]>>;
  readonly maxFiles: number | null;
  readonly isEnforced: boolean;
  readonly onUnverified: "deny" | "ask";
  readonly default: "allow" | "deny";
  readonly opaque: "deny" | "ask" | "allow";
  readonly rules: readonly PlainRule[];
}

/** A key that is left out is no condition. */
export interface PlainRule {
  readonly effect: "deny" | "ask" | "warn";
  readonly match: {
    readonly types?: readonly string[];
    readonly verbs?: readonly Verb[];
    readonly files?: readonly string[];
    readonly commands?: readonly string[];
    readonly tools?: readonly string[];
  };
}

/** Words of commands; a word nobody knows is tried with all of them. */
export const plainWords = ["a", "b"] as const;

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

/** Everything an operation reaches on its paths, certainly or not. */
export function reachOf(
  policy: PlainPolicy,
  operation: Operation,
  disk: Disk,
  plan: CommandPlan | null,
): readonly Reach[] {
  const planned = [...effectsOf(operation, policy), ...(plan?.effects ?? []).map(onPath)];
  const created = planned.filter(({ verb }) => verb === "create").map(({ path }) => path);
  return planned.map((effect) => look(effect, created.includes(effect.path), operation, disk));
}

/** The whole decision, of a principal who was never denied anything. */
export function decidePlainly(
  policy: PlainPolicy,
  operation: Operation,
  disk: Disk,
  plan: CommandPlan | null,
): Verdict {
  const all = reachOf(policy, operation, disk, plan);
  const effects = all.filter(({ isPossible }) => !isPossible);
  const changes = effects.filter(({ verb }) => verb !== "read");
  const builtin = builtinPatterns.map(({ pattern }) => pattern);
  const isEngines = (it: Reach) => it.isEngines || touches(it, builtin);
  if (changes.some((it) => isEngines(it) || it.isLost)) return "deny";
  const kept = builtinSecrets.map(({ pattern }) => pattern);
  const isKept = (it: Reach) => it.verb === "read" && touches(it, kept);
  if (effects.some(isKept)) return "deny";
  if (!policy.isEnforced) return "allow";
  const verbs = new Set<Verb>([...effects.map(({ verb }) => verb), ...otherVerbs(operation)]);
  const asked: Asked = { operation, all, verbs, calls: plan?.calls ?? [] };
  const met = policy.rules.map((rule) => ({ rule, is: meet(rule, asked) }));
  const speaking = met.filter(({ rule, is }) => is === "certainly" && rule.effect !== "deny")
    .map(({ rule }) => rule);
  const guardsReads = policy.secrets.length > 0 ||
    policy.rules.some(({ effect, match }) =>
      effect !== "warn" && (match.verbs?.includes("read") ?? match.files !== undefined)
    );
  const said: Verdict[] = met.flatMap(({ rule, is }): Verdict[] => {
    if (is === null || rule.effect === "warn") return [];
    if (is === "certainly") return [rule.effect];
    if (policy.opaque === "allow") return [];
    return [rule.effect === "ask" ? "ask" : policy.opaque];
  });
  const isDenied = effects.some((it) => it.isLost || touches(it, policy.secrets)) ||
    changes.some((it) =>
      touches(it, policy.files) ||
      (isPlaced(it) && !speaking.some((rule) => listsPath(rule, it, asked)))
    ) ||
    policy.operations.map((name) => guarded[name]).some((rule) =>
      rule.verbs.some((verb) => verbs.has(verb)) ||
      rule.types.some((type) => type === operation.type)
    ) ||
    (verbsOf[operation.type] ?? policy.custom[operation.type]) === undefined ||
    (policy.maxFiles !== null && countFiles(operation, changes) > policy.maxFiles);
  if (isDenied) said.push("deny");
  for (const it of all.filter(({ isPossible }) => isPossible)) {
    const isBuiltin = isKept(it) || (it.verb !== "read" && isEngines(it));
    const isMet = touches(it, policy.secrets) || it.verb !== "read" && touches(it, policy.files);
    if (isBuiltin && policy.opaque === "allow") said.push("ask");
    else if (isBuiltin || isMet) said.push(policy.opaque);
  }
  const hasDoubt = (kind: string) => plan?.doubts.some((doubt) => doubt.kind === kind) === true;
  const namesCommand = asked.calls.length > 0 &&
    asked.calls.every((call) => speaking.some((rule) => listsCall(rule, call, asked)));
  if (hasDoubt("opaque") && !namesCommand) said.push(policy.opaque);
  const isRead = (it: Reach) => it.verb === "read";
  const isBare = operation.command === null && operation.diff === null;
  const hasTool = operation.tool !== null;
  const namesTool = hasTool && speaking.some((rule) => listsTool(rule, asked));
  const isUnverified = changes.some(({ isTooMuch }) => isTooMuch) ||
    (guardsReads && effects.some((it) => isRead(it) && it.isUnlisted)) ||
    ((operation.type === "tool_call" || hasTool) && !(isBare && namesTool)) ||
    (operation.command !== null && plan === null) || hasDoubt("unverified") ||
    (guardsReads && hasDoubt("unknown_read")) || operation.diff !== null;
  if (isUnverified) said.push(policy.onUnverified);
  const isOnlyCommand = ["command", "tool_call"].includes(operation.type) &&
    operation.command !== null && operation.diff === null &&
    operation.affectedFiles.length === 0;
  const isCustom = policy.custom[operation.type] !== undefined;
  const isWhole = (operation.command === null || (namesCommand && !isCustom)) &&
    (!hasTool || namesTool) &&
    (isOnlyCommand || all.every((it) => speaking.some((rule) => listsPath(rule, it, asked)))) &&
    (operation.affectedFiles.length > 0 || operation.command !== null || hasTool);
  if (policy.default === "deny" && !isWhole) said.push("deny");
  return said.includes("deny") ? "deny" : said.includes("ask") ? "ask" : "allow";
}

/** What is denied for where or what it is, unless a rule speaks of it. */
function isPlaced({ isOutside, isSpecial, verb }: Reach): boolean {
  return isOutside || (isSpecial && ["write", "create", "chmod", "chown"].includes(verb));
}

function countFiles({ type, content, diff, affectedFiles }: Operation, changes: readonly Reach[]) {
  const isCommand = type === "command" && content === null && diff === null;
  return new Set(isCommand ? changes.map(({ path }) => path) : affectedFiles).size;
}

/** What a rule looks at. */
export interface Asked {
  readonly operation: Operation;
  readonly all: readonly Reach[];
  readonly verbs: ReadonlySet<Verb>;
  readonly calls: readonly ProgramCall[];
}

export function meet({ effect, match }: PlainRule, asked: Asked): "certainly" | "possibly" | null {
  const { operation, all, verbs, calls } = asked;
  const tool = operation.tool?.name.toLowerCase() ?? null;
  if (match.types?.includes(operation.type) === false) return null;
  if (match.tools !== undefined) {
    if (tool === null || !match.tools.some((each) => isWord(each.toLowerCase(), tool))) return null;
  }
  if (
    match.commands?.some((each) =>
      calls.some((call) => readCall(call, effect === "warn").some((text) => isText(each, text)))
    ) === false
  ) return null;
  const hasVerb = (verb: Verb) => match.verbs?.includes(verb) !== false;
  const { files } = match;
  if (files === undefined) {
    if (match.verbs === undefined || [...verbs].some(hasVerb)) return "certainly";
    return all.some(({ verb }) => hasVerb(verb)) ? "possibly" : null;
  }
  const touching = all.filter((it) => hasVerb(it.verb) && touches(it, files));
  if (touching.length === 0) return null;
  return touching.some(({ isPossible }) => !isPossible) ? "certainly" : "possibly";
}

function listsPath(rule: PlainRule, it: Reach, asked: Asked): boolean {
  return isListed(rule, it) && listsAllTools(rule, asked) && listsAllCalls(rule, asked);
}

function listsCall(rule: PlainRule, call: ProgramCall, asked: Asked): boolean {
  const { commands, verbs, files } = rule.match;
  const isNamed = commands?.some((each) => readCall(call, true).some((text) => isText(each, text)));
  const every = [...asked.all.map(({ verb }) => verb), ...asked.verbs];
  return isNamed === true && listsAllTools(rule, asked) && listsAllPaths(rule, asked) &&
    (files !== undefined || every.every((verb) => verbs?.includes(verb) !== false));
}

function listsTool(rule: PlainRule, asked: Asked): boolean {
  const { tools, verbs, files } = rule.match;
  return tools !== undefined && listsAllTools(rule, asked) && listsAllCalls(rule, asked) &&
    listsAllPaths(rule, asked) && (files !== undefined || verbs?.includes("call") !== false);
}

function listsAllTools({ match: { tools } }: PlainRule, { operation }: Asked): boolean {
  const name = operation.tool?.name;
  return tools === undefined || (name !== undefined && tools.some((each) => isWord(each, name)));
}

function listsAllCalls({ match: { commands } }: PlainRule, { calls }: Asked): boolean {
  const lists = (call: ProgramCall) =>
    commands?.some((each) => readCall(call, true).some((text) => isText(each, text))) !== false;
  return commands === undefined || (calls.length > 0 && calls.every(lists));
}

function listsAllPaths(rule: PlainRule, { all }: Asked): boolean {
  return rule.match.files === undefined ||
    (all.length > 0 && all.every((it) => isListed(rule, it)));
}

/** Both answers, each by itself; outside the root only as a place on the disk. */
function isListed({ match: { files, verbs } }: PlainRule, it: Reach): boolean {
  if (files === undefined || it.isLost || verbs?.includes(it.verb) === false) return false;
  return it.answers.every((answer) => {
    const isInside = slashed(answer).startsWith(`${it.root}/`);
    return files.some((pattern) => {
      const [wanted = []] = readings(pattern, it.root)[0] ?? [];
      if (isInside ? pattern.startsWith("//") : !pattern.startsWith("/")) return false;
      return matchNames(wanted, isInside ? namesFrom(it.root, answer) : namesOf(answer), true);
    });
  });
}

/** Every text a program may come to be; null stands for up to three words. */
export function readCall(call: ProgramCall, isStrict: boolean): readonly string[] {
  if (isStrict && call.includes(null)) return [];
  const one = plainWords.map((word) => ` ${word}`);
  const two = one.flatMap((first) => one.map((second) => first + second));
  const three = two.flatMap((first) => one.map((second) => first + second));
  let texts: readonly string[] = [""];
  for (const word of call) {
    const next = word === null ? ["", ...one, ...two, ...three] : [` ${word}`];
    texts = texts.flatMap((text) => next.map((more) => text + more));
  }
  return texts;
}

/** Patterns of commands here have plain words and perhaps a star at the end. */
export function isText(pattern: string, text: string): boolean {
  return pattern.endsWith(" *")
    ? `${text} `.startsWith(` ${pattern.slice(0, -1)}`)
    : ` ${pattern}` === text;
}

/** Patterns of tools here have at most a star at the end. */
function isWord(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
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
  readonly isPossible?: boolean;
}

function onPath({ verb, resource, isPossible }: Effect): PlainEffect {
  return { verb, path: resource, isPossible: isPossible === true };
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

export function otherVerbs(operation: Operation): readonly Verb[] {
  const { type, affectedFiles, command, tool } = operation;
  if (affectedFiles.length === 0 && type === "wipe") return ["delete"];
  return [...command === null ? [] : ["execute"], ...tool === null ? [] : ["call"]] as Verb[];
}

/** One effect and all it reaches. */
export interface Reach {
  readonly verb: Verb;
  readonly path: string;
  readonly isPossible: boolean;
  /** Absolute: lexical, and real where there is one. */
  readonly answers: readonly string[];
  /** Absolute: the path by both answers, what is below, what comes to be below. */
  readonly places: readonly string[];
  /** What of `places` is below, and other names of the same file. */
  readonly suffixes: readonly string[];
  readonly others: readonly string[];
  readonly folders: readonly string[];
  readonly root: string;
  readonly isLost: boolean;
  readonly isOutside: boolean;
  /** A pipe, socket or device. */
  readonly isSpecial: boolean;
  readonly isTooMuch: boolean;
  /** Reading it, not all below it is known, the root's included. */
  readonly isUnlisted: boolean;
  readonly isEngines: boolean;
}

function look(
  { verb, path, isPossible = false }: PlainEffect,
  isCreated: boolean,
  operation: Operation,
  disk: Disk,
): Reach {
  const found = disk.resolve(path, operation.cwd);
  const answers = found.real === null ? [found.lexical] : [found.lexical, found.real];
  const isAbove = answers.some((answer) => `${disk.root}/`.startsWith(slashed(answer)));
  const nothing = { suffixes: [], isWhole: true };
  const come = isCreated ? arriving(found.kind === "directory", operation, disk) : nothing;
  const there = found.kind === "directory" ? below(found.real, disk) : [];
  const isFolder = found.kind === "directory" ||
    (isCreated && mayBeFolder(operation, disk));
  const reaches = verb !== "read" && (isFolder || ["delete", "link", "chmod"].includes(verb));
  const suffixes = [...there ?? [], ...come.suffixes];
  const others = otherNames(found, disk);
  const isKnown = there !== null && come.isWhole && others !== null;
  return {
    verb,
    path,
    isPossible,
    answers,
    places: [
      ...answers.flatMap((answer) => ["", ...suffixes].map((suffix) => answer + suffix)),
      ...others ?? [],
    ],
    suffixes,
    others: others ?? [],
    folders: reaches ? answers : [],
    root: disk.root,
    isLost: found.real === null,
    isOutside: found.real !== null &&
      (found.isMounted === true ||
        answers.some((answer) => !slashed(answer).startsWith(`${disk.root}/`))),
    isSpecial: found.kind === "other",
    isTooMuch: !isAbove && !isKnown,
    isUnlisted: !isKnown,
    isEngines: isAbove || (found.linkCount ?? 1) > 1 && isOwn(found.identity, disk),
  };
}

/** Names in the project of the same file; null when they cannot be told. */
function otherNames(
  { linkCount, identity }: ReturnType<Disk["resolve"]>,
  disk: Disk,
): readonly string[] | null {
  if ((linkCount ?? 1) < 2) return [];
  const names = disk.listBelow(disk.root, 20_000);
  return names?.filter((name) => disk.resolve(name, null).identity === identity) ?? null;
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
    sources.some((source) => !["file", "other"].includes(disk.resolve(source, cwd).kind));
}

function isOwn(identity: string | null, disk: Disk): boolean {
  const folder = `${disk.root}/.scalpel`;
  if (disk.resolve(folder, null).kind === "missing") return false;
  const own = disk.listBelow(folder, 20_000);
  // A name that leads nowhere, such as a link to itself, may be any file's.
  return own === null ||
    own.some((path) => [identity, null].includes(disk.resolve(path, null).identity));
}

export function touches({ places, folders, root }: Reach, patterns: readonly string[]): boolean {
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
