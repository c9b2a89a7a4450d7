/**
 * Remembers denials by whole names and in plain lists: section 11 of the decision's SPEC.md, without
 * a hash, an index or a state.
 */
import type { Verdict } from "../../src/core/decision/decision.ts";
import { builtinPatterns } from "../../src/core/operation/builtin_patterns.ts";
import type { Verb } from "../../src/core/operation/effect.ts";
import type { Operation } from "../../src/core/operation/operation.ts";
import type { CommandPlan } from "../../src/core/operation/shell/command_plan.ts";
import type { Disk } from "../../src/core/ports.ts";
import {
  decidePlainly,
  guarded,
  isText,
  meet,
  otherVerbs,
  type PlainPolicy,
  type PlainRule,
  type Reach,
  reachOf,
  readCall,
  touches,
} from "./reference_decider.ts";

/** A denied thing by any of its names: an absolute path, `call NAME` or `run WORDS`. */
export interface PlainDenial {
  readonly verb: Verb;
  readonly names: readonly string[];
  readonly isHard: boolean;
}

interface Deed {
  readonly verb: Verb;
  /** As written. */
  readonly resource: string;
  readonly names: readonly string[];
  /** Names of which nothing is there. */
  readonly missing: readonly string[];
  readonly isPossible: boolean;
  readonly reach: Reach | null;
}

/** The verdict with what was denied before, and what is remembered from now on. */
export function decideWithMemory(
  policy: PlainPolicy,
  operation: Operation,
  disk: Disk,
  plan: CommandPlan | null,
  memory: readonly PlainDenial[],
): { readonly verdict: Verdict; readonly memory: readonly PlainDenial[] } {
  const deeds = deedsOf(policy, operation, disk, plan);
  const said: Verdict[] = [decidePlainly(policy, operation, disk, plan)];
  for (const deed of deeds) {
    const met = memory.filter((denial) => repeats(deed, denial));
    if (met.length === 0 || !policy.isEnforced) continue;
    if (!deed.isPossible) said.push("deny");
    else if (policy.opaque !== "allow") said.push(policy.opaque);
    else if (met.some(({ isHard }) => isHard)) said.push("ask");
  }
  const verdict = said.includes("deny") ? "deny" : said.includes("ask") ? "ask" : "allow";
  const isKept = verdict === "deny" && policy.isEnforced;
  const denied = isKept ? denialsOf(policy, operation, deeds, plan) : [];
  return { verdict, memory: [...memory, ...denied] };
}

function deedsOf(
  policy: PlainPolicy,
  operation: Operation,
  disk: Disk,
  plan: CommandPlan | null,
): readonly Deed[] {
  const paths = reachOf(policy, operation, disk, plan).map((reach): Deed => ({
    verb: reach.verb,
    resource: reach.path,
    names: [...reach.answers, ...reach.places].map((place) => place.toLowerCase()),
    missing: disk.resolve(reach.path, operation.cwd).kind === "missing"
      ? reach.answers.map((answer) => answer.toLowerCase())
      : [],
    isPossible: reach.isPossible,
    reach,
  }));
  const other = (verb: Verb, resource: string, name: string): Deed => {
    return { verb, resource, names: [name], missing: [], isPossible: false, reach: null };
  };
  const tool = operation.tool?.name;
  return [
    ...paths,
    ...otherVerbs(operation).includes("execute") ? [other("execute", "shell", "run")] : [],
    ...tool === undefined ? [] : [other("call", tool, `call ${tool.toLowerCase()}`)],
    ...(plan?.calls ?? []).map((call) => other("execute", "", wordsOf(call))),
  ];
}

function wordsOf(call: readonly (string | null)[]): string {
  return `run ${call.map((word) => word ?? "?").join(" ")}`;
}

const writing: readonly Verb[] = ["write", "create"];

function repeats({ verb, names, missing }: Deed, denial: PlainDenial): boolean {
  const same = names.filter((name) => denial.names.includes(name));
  if (same.length === 0) return false;
  if (verb === denial.verb || verb === "delete" || verb === "link") return true;
  if (writing.includes(denial.verb)) return writing.includes(verb);
  // Operations here never show what they leave of a file.
  return denial.verb === "delete" && writing.includes(verb) &&
    same.some((name) => !missing.includes(name));
}

function denialsOf(
  policy: PlainPolicy,
  operation: Operation,
  deeds: readonly Deed[],
  plan: CommandPlan | null,
): readonly PlainDenial[] {
  const builtin = builtinPatterns.map(({ pattern }) => pattern);
  const certain = deeds.filter(({ isPossible }) => !isPossible);
  const effects = certain.filter(({ names }) => !names[0]?.startsWith("run "));
  const denied: PlainDenial[] = [];
  for (const { verb, reach } of effects) {
    if (reach === null) continue;
    const isChange = verb !== "read";
    if (isChange && (reach.isEngines || touches(reach, builtin))) {
      denied.push({ verb, names: namesIn(reach, builtin), isHard: true });
    }
    for (const list of isChange ? [policy.files, policy.secrets] : [policy.secrets]) {
      if (touches(reach, list)) denied.push({ verb, names: namesIn(reach, list), isHard: false });
    }
  }
  const whole = effects.filter(({ verb }) => verb !== "read" && verb !== "execute");
  for (const { verbs, types } of policy.operations.map((name) => guarded[name])) {
    const named = effects.filter(({ verb }) => verbs.some((each) => each === verb));
    const isType = types.some((type) => type === operation.type);
    denied.push(...(named.length === 0 && isType ? whole : named).map(asDenied));
  }
  const reaches = deeds.flatMap(({ reach }) => reach ?? []);
  const sure = effects.flatMap(({ reach, verb }) => reach === null ? [] : [verb]);
  const asked = {
    operation,
    all: reaches,
    verbs: new Set<Verb>([...sure, ...otherVerbs(operation)]),
    calls: plan?.calls ?? [],
  };
  for (const rule of policy.rules) {
    if (rule.effect !== "deny" || meet(rule, asked) !== "certainly") continue;
    denied.push(...deniedByRule(rule, { effects, whole, certain, calls: asked.calls }));
  }
  return denied;
}

function deniedByRule(
  { match: { files, verbs, commands } }: PlainRule,
  { effects, whole, certain, calls }: {
    readonly effects: readonly Deed[];
    readonly whole: readonly Deed[];
    readonly certain: readonly Deed[];
    readonly calls: CommandPlan["calls"];
  },
): readonly PlainDenial[] {
  if (files !== undefined || verbs !== undefined) {
    const named = effects.filter(({ verb }) => verbs === undefined || verbs.includes(verb));
    if (files === undefined) return named.map(asDenied);
    return named.flatMap(({ verb, reach }) =>
      reach === null || !touches(reach, files)
        ? []
        : [{ verb, names: namesIn(reach, files), isHard: false }]
    );
  }
  if (commands === undefined) return whole.map(asDenied);
  const denied = calls.filter((call) =>
    commands.some((each) => readCall(call, false).some((text) => isText(each, text)))
  );
  const words = denied.flat();
  const texts = denied.map(wordsOf);
  return [
    ...certain.filter(({ names }) => texts.includes(names[0] ?? "")),
    ...whole.filter(({ resource }) => denied.length === calls.length || words.includes(resource)),
  ].map(asDenied);
}

/** By its own name, and not by what lies below it. */
function asDenied({ verb, names, reach }: Deed): PlainDenial {
  const own = reach === null ? names : reach.answers.map((answer) => answer.toLowerCase());
  return { verb, names: own, isHard: false };
}

/** Of the path or, where only names below it match, of those. */
function namesIn(reach: Reach, patterns: readonly string[]): readonly string[] {
  const isMet = (places: readonly string[]) => touches({ ...reach, places, folders: [] }, patterns);
  const own = reach.answers.map((answer) => answer.toLowerCase());
  if (isMet(reach.answers)) return own;
  const below = reach.suffixes.map((suffix) => reach.answers.map((answer) => answer + suffix));
  const met = [...below, ...reach.others.map((name) => [name])].filter(isMet).flat();
  return met.length > 0 ? met.map((name) => name.toLowerCase()) : own;
}
