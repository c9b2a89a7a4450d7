/**
 * What a rule would have to name so that one stopped operation goes on, or null where no rule may:
 * protected files, limits, the engine's own files, and everything too wide to release.
 *
 * SECURITY: an agent chose every word here. What is proposed is exact where it can be, never a
 * whole interpreter, a whole home or a place that programs take orders from.
 *
 * @module
 */
import { parseGlob, PatternError } from "../operation/glob.ts";
import { isInside } from "../operation/path_forms.ts";
import type { LoggedDecision } from "./logged_decision.ts";
import { placeOf } from "./place.ts";
import { type SimpleCommand, splitCommand } from "./program_names.ts";
import type { Release } from "./report.ts";
import { type PolicyView, protectedByChance } from "./stop_reasons.ts";

/** A release without the times it was met; parts of one key are one release. */
export type ReleasePart = Pick<Release, "kind" | "values" | "verbs" | "effect"> & {
  readonly key: string;
};

/** The only reasons that a rule can lift. */
const releasableCodes: ReadonlySet<string> = new Set([
  "path_outside_root",
  "operation_unverified",
  "command_opaque",
]);
const releasablePolicies: ReadonlySet<string> = new Set([
  "builtin.paths",
  "enforcement.on_unverified",
  "commands.opaque",
]);

/**
 * Finds every release one operation needs (policy/SPEC.md, "Release").
 *
 * @returns Null when one reason cannot be released: then the others would not help either.
 */
export function findReleases(
  decision: LoggedDecision,
  view: PolicyView,
): readonly ReleasePart[] | null {
  const { codes, policies } = decision;
  if (codes.length === 0 || !codes.every((code) => releasableCodes.has(code))) return null;
  // What the entry had no room for is not known to need the same.
  if (!policies.every((policy) => releasablePolicies.has(policy)) || decision.isCut) return null;
  if (protectedByChance(decision, view) !== null) return null;
  const parts = codes.map((code) => {
    if (code === "path_outside_root") return releasePlaces(decision, view.root);
    return code === "command_opaque" ? releaseCommand(decision) : releaseTool(decision);
  });
  const found = parts.filter((part) => part !== null);
  return found.length < parts.length ? null : found.flat();
}

/** SECURITY: the tool of a command is the shell: naming it would release every command. */
function releaseTool(
  { tool, command, type, unmeasured }: LoggedDecision,
): readonly ReleasePart[] | null {
  // A caller that enforces takes these for unverified too, and no rule speaks of them.
  if (unmeasured.length > 0) return null;
  const isPlain = tool !== null && /^[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,127}$/.test(tool);
  if (!isPlain || command !== null || type !== "tool_call" || tool.endsWith("...")) return null;
  return [{ key: `tool ${tool}`, kind: "tools", values: [tool], verbs: [], effect: "warn" }];
}

/** Start whatever their arguments say: no pattern of words bounds these. */
const unbounded = new RegExp(
  "^(?:.*sh|busybox|env|sudo|doas|su|runuser|pkexec|xargs|parallel|find|eval|exec|source|nohup|" +
    "time|timeout|nice|ionice|taskset|stdbuf|setsid|flock|watch|entr|script|screen|tmux|expect|" +
    "docker|podman|kubectl|chroot|unshare|nsenter|systemd-run|strace|gdb|awk|sed|\\.)$",
);
/** Never the reason why a line is opaque. */
const transparent = /^(?:cd|echo|printf|true|pwd|ls|cat|head|tail|grep|wc|sort|uniq|cut|tr)$/;
const plainWord = /^[A-Za-z0-9_./][A-Za-z0-9_./:@+-]*$/;
/** First arguments that say nothing yet: `npm run build` is meant, not `npm run`. */
const indirect = /^(?:run|exec|x|dlx|tool)$/;

/**
 * The one simple command that can be the opaque one, by its program and what it is told to do; and
 * its companions, since every program of the line must be listed.
 */
function releaseCommand({ command }: LoggedDecision): readonly ReleasePart[] | null {
  if (command === null || command.endsWith("...")) return null;
  const plain = command.replace(/\d*>\s*\/dev\/null|\d*>&\d/g, " ");
  // A substitution or another redirect: what runs is more than the words say.
  if (/[`$<>]/.test(plain)) return null;
  const parts = splitCommand(plain);
  const companions = parts.filter(([name = ""]) => transparent.test(name));
  const [main, ...others] = parts.filter(([name = ""]) => !transparent.test(name));
  const words = main === undefined || others.length > 0 ? null : firstWords(main);
  if (words === null) return null;
  const release = { kind: "commands", verbs: [], effect: "warn" } as const;
  const beside = companions.map(([name = ""]) => `${name} *`);
  return [
    { ...release, key: `command ${words}`, values: [`${words} *`] },
    ...beside.length === 0 ? [] : [{ ...release, key: "companions", values: beside }],
  ];
}

function firstWords(words: SimpleCommand): string | null {
  const [program = "", first = ""] = words;
  if (unbounded.test(program.slice(program.lastIndexOf("/") + 1))) return null;
  // `-c` and `eval` take code; a program's name alone would release all it can do.
  if (first === "eval") return null;
  const kept = words.slice(0, indirect.test(first) ? 3 : 2);
  const isWhole = kept.length === (indirect.test(first) ? 3 : 2);
  return isWhole && kept.every((word) => plainWord.test(word)) ? kept.join(" ") : null;
}

function releasePlaces(
  { effects, cwd }: LoggedDecision,
  root: string,
): readonly ReleasePart[] | null {
  const parts: ReleasePart[] = [];
  for (const { kind, verb, resource, isPossible } of effects) {
    if (kind !== "path" || verb === "read" || isPossible) continue;
    const { absolute, isOutside } = placeOf(resource, cwd, root);
    if (!isOutside) continue;
    const part = absolute === null || resource.endsWith("...")
      ? null
      : releasePlace(absolute, root);
    if (part === null) return null;
    parts.push({ ...part, verbs: [verb] });
  }
  return parts.length === 0 ? null : parts;
}

const temporary = /^\/(?:tmp|var\/tmp)\/./;
/** Programs, users and the kernel take orders from what lies here. */
const sensitive =
  /^\/(?:bin|boot|dev|etc|lib\w*|opt|proc|root|run|sbin|srv|sys|usr|var|tmp|home|)(?:\/|$)|\/\./;
const personal = /^\/(?:home|Users)\/[^/]+\/./;

function releasePlace(absolute: string, root: string): ReleasePart | null {
  const isTemporary = temporary.test(absolute);
  const isPlain = isTemporary || personal.test(absolute) || !sensitive.test(absolute);
  if (!isPlain || /\/\./.test(absolute) || isInside(root, absolute)) return null;
  const folder = absolute.slice(0, absolute.lastIndexOf("/"));
  const depth = folder.split("/").length - 1;
  const isNarrow = depth >= (isTemporary ? 2 : 3) && !isInside(root, folder);
  const pattern = patternOf(isNarrow ? `${folder}/` : absolute);
  return pattern === null ? null : {
    key: `place ${pattern}`,
    kind: "files",
    values: [pattern],
    verbs: [],
    effect: isTemporary ? "warn" : "ask",
  };
}

function patternOf(absolute: string): string | null {
  // What the log escaped or cut is not the name any more.
  if (absolute.includes("\\")) return null;
  const pattern = `/${absolute.replace(/[*?[\]!#~{}()^]/g, "\\$&")}`;
  try {
    parseGlob(pattern);
    return pattern;
  } catch (error) {
    if (error instanceof PatternError) return null;
    throw error;
  }
}
