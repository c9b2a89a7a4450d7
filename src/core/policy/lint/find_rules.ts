/**
 * Rules that never change a verdict, or hardly ever match.
 *
 * @module
 */
import type { Verb } from "../../operation/effect.ts";
import type { Operation } from "../../operation/operation.ts";
import { planEffects } from "../../operation/plan_effects.ts";
import type { Condition, Policy, Rule } from "../policy.ts";
import { coversFiles, coversMatch, coversRule, type ReadRule, readRule } from "./cover_rule.ts";
import { quoted, type Weakness } from "./weakness.ts";

export function findRules(policy: Policy): readonly Weakness[] {
  const rules = policy.rules.map(readRule);
  const guards = readRule(guardOf(policy));
  return rules.flatMap((rule, index): readonly Weakness[] => {
    const path = `rules.${index}`;
    const found = findUnreachable(rule.rule, policy, path) ??
      findCovering(rules, index, path) ??
      findProtected(rule, guards, policy, path) ??
      findUnlikely(rule.rule, policy, path);
    return [...found === null ? [] : [found], ...findWide(rule, path)];
  });
}

/** Verbs that no path is the resource of, custom types aside. */
const otherVerbs: ReadonlySet<Verb> = new Set(["execute", "call", "connect"]);

/** `files` is met by effects on paths: of these verbs there are none. */
export function isImpossible({ files, verbs, types }: Condition, policy: Policy): boolean {
  if (files === null || verbs === null) return false;
  if (!verbs.every((verb) => otherVerbs.has(verb))) return false;
  // A custom type has its verbs on the files it names.
  return ![...policy.customOperations].some(([type, own]) =>
    (types === null || types.includes(type)) && own.some((verb) => verbs.includes(verb))
  );
}

function findUnreachable({ id, match }: Rule, policy: Policy, path: string): Weakness | null {
  if (!isImpossible(match, policy)) return null;
  return {
    code: "rule_unreachable",
    message: `Rule ${quoted(id)} never matches: nothing has the effect ${
      (match.verbs ?? []).join(" or ")
    } on a file`,
    hint: "a program is named under commands, a tool under tools; leave files or verbs out",
    path: `${path}.match.verbs`,
  };
}

/** Another rule with the same or wider conditions that is at least as strict. */
function findCovering(rules: readonly ReadRule[], index: number, path: string): Weakness | null {
  const own = rules[index];
  if (own === undefined) return null;
  for (const [at, other] of rules.entries()) {
    if (at === index || !coversRule(other, own)) continue;
    // Of two that cover each other the first stays.
    if (at > index && coversRule(own, other)) continue;
    const [name, by] = [quoted(own.rule.id), quoted(other.rule.id)];
    const isSame = coversMatch(own, other);
    const message = isSame
      ? `Rule ${name} has the conditions of rule ${by}, which is at least as strict`
      : `Rule ${name} never changes a verdict: rule ${by} covers it and is at least as strict`;
    const hint = own.rule.effect === "warn" && other.rule.effect !== "warn"
      ? "remove it, unless its warning should be seen beside the other rule's answer"
      : "remove it, or change what it matches";
    return { code: isSame ? "rule_repeated" : "rule_shadowed", message, hint, path };
  }
  return null;
}

/** What `protected` denies, as a rule: then one comparison serves both. */
function guardOf({ protectedFiles, secretFiles }: Policy): Rule {
  const patterns = [...secretFiles.patterns, ...protectedFiles.patterns];
  const match = { types: null, verbs: null, commands: null, tools: null, principals: null };
  return ruleOf({ ...match, files: { ...protectedFiles, patterns } });
}

function ruleOf(match: Condition): Rule {
  return {
    id: "protected",
    description: null,
    mode: "enforce",
    match: { ...match, after: null, without: null },
    effect: "deny",
    severity: "HIGH",
    reason: null,
  };
}

/** Whatever meets it is denied under `protected`. */
export function isProtectedAlready(match: Condition, policy: Policy): boolean {
  return findProtected(readRule(ruleOf(match)), readRule(guardOf(policy)), policy, "") !== null;
}

/**
 * What `protected` denies whatever the rule says. Where opaque commands may pass, a file that
 * something merely may change is the rule's to decide.
 */
function findProtected(
  { rule, globs }: ReadRule,
  { globs: guards }: ReadRule,
  policy: Policy,
  path: string,
): Weakness | null {
  const { types, verbs, files } = rule.match;
  const secrets = policy.secretFiles.patterns.length;
  const mayRead = verbs === null || verbs.includes("read");
  const areFiles = files !== null && policy.commands.opaque === "deny" &&
    coversFiles(mayRead ? guards.slice(0, secrets) : guards, globs);
  const denied = policy.protectedOperations.flatMap((operation) => operation.types);
  const areTypes = types !== null && types.every((type) => denied.includes(type));
  if (rule.mode === "observe" || (!areFiles && !areTypes)) return null;
  const by = areFiles ? "its files are" : "its types are";
  return {
    code: "rule_shadowed",
    message: `Rule ${quoted(rule.id)} never changes a verdict: ${by} denied under protected`,
    hint: rule.effect === "deny"
      ? "remove it"
      : "a deny wins: take the files or operations out of protected if the rule is to answer",
    path,
  };
}

/** What an operation of these types does only through a command, diff or tool sent along. */
function findUnlikely({ id, match }: Rule, policy: Policy, path: string): Weakness | null {
  const { types, verbs, commands, tools } = match;
  if (types === null) return null;
  const weakness = (key: string, what: string, comes: string): Weakness => ({
    code: "rule_unlikely",
    message: `Rule ${quoted(id)} hardly matches: ${types.join(", ")} ${what} by itself`,
    hint: `it would only match where ${comes} is sent along; compare types with ${key}`,
    path: `${path}.match.${key}`,
  });
  if (commands !== null && !types.includes("command") && !hasCustom(types, policy)) {
    return weakness("commands", "starts no program", "a command");
  }
  if (tools !== null && !types.includes("tool_call") && !hasCustom(types, policy)) {
    return weakness("tools", "calls no tool", "a tool");
  }
  if (verbs === null || types.includes("command") || types.includes("tool_call")) return null;
  const usual = types.flatMap((type) => usualVerbs(type, policy));
  if (verbs.some((verb) => usual.includes(verb))) return null;
  return weakness("verbs", `does not ${verbs.join(" or ")}`, "a command, diff or tool");
}

/** What a deployment sends with types of its own is its own matter. */
function hasCustom(types: readonly string[], { customOperations }: Policy): boolean {
  return types.some((type) => customOperations.has(type));
}

/** What the planner says of an operation of this type that has nothing but files. */
function usualVerbs(type: string, { customOperations }: Policy): readonly Verb[] {
  const bare: Operation = {
    type,
    affectedFiles: ["a", "b"],
    metadata: {},
    timestamp: null,
    content: null,
    diff: null,
    command: null,
    cwd: null,
    tool: null,
    agent: null,
    correlationId: null,
  };
  return planEffects(bare, customOperations).effects.map(({ verb }) => verb);
}

/** A rule that denies everything it could be asked about. */
function findWide({ rule, globs }: ReadRule, path: string): readonly Weakness[] {
  const { files, commands, tools, ...rest } = rule.match;
  if (rule.effect !== "deny" || rule.mode === "observe") return [];
  if (Object.values(rest).some((list) => list !== null)) return [];
  const lists = [
    [files, globs.some(({ names }) => names.length === 0), "files"],
    [commands, commands?.some(({ words }) => words.length === 0) === true, "commands"],
    [tools, tools?.includes("*") === true, "tools"],
  ] as const;
  const written = lists.filter(([list]) => list !== null);
  const [only] = written;
  if (written.length !== 1 || only === undefined || !only[1]) return [];
  return [{
    code: "rule_covers_all",
    message: `Rule ${quoted(rule.id)} denies all ${only[2]}, whatever is done with them`,
    hint: "name which, or add another condition",
    path: `${path}.match.${only[2]}`,
  }];
}
