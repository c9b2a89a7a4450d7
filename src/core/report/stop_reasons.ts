/**
 * Why a logged operation was, or would have been, stopped: the policies its entry names, each with
 * the line of the present policy or the thing it was about. An entry names policies, not patterns;
 * those are found again by the text of its paths, so that a link or a pattern since removed shows
 * as none.
 *
 * @module
 */
import { builtinPatterns, builtinPatternSet } from "../operation/builtin_patterns.ts";
import { foldForMatching } from "../operation/fold_for_matching.ts";
import type { PatternSet } from "../operation/pattern_set.ts";
import { isInside } from "../operation/path_forms.ts";
import type { Policy } from "../policy/policy.ts";
import type { LoggedDecision } from "./logged_decision.ts";
import { placeOf } from "./place.ts";

/** What reasons are read against. */
export interface PolicyView {
  /** Absolute, without trailing slash. */
  readonly root: string;
  /** Null when nobody has accepted one, or no copy of it is kept. */
  readonly policy: Policy | null;
}

export interface StopReason {
  readonly policy: string;
  readonly code: string | null;
  readonly pattern: string | null;
  readonly subject: string | null;
}

/** Codes that a policy id can have; ids not listed have a code of their own name or none. */
const codesByPolicy: ReadonlyMap<string, readonly string[]> = new Map([
  ["protected.files", ["path_protected"]],
  ["protected.secret_files", ["path_protected", "path_secret"]],
  ["builtin.files", ["path_protected"]],
  ["builtin.paths", ["path_outside_root", "path_special", "path_unresolvable", "path_suspicious"]],
  ["builtin.denial_memory", ["denied_before"]],
  ["builtin.integrity", ["policy_tampered", "policy_unaccepted"]],
  ["protected.operations", ["operation_protected"]],
  ["operations.custom", ["operation_unknown"]],
  ["enforcement.on_unverified", ["operation_unverified"]],
  ["enforcement.default", ["default_deny"]],
  ["commands.opaque", ["command_opaque"]],
  ["mcp.servers", ["tool_changed"]],
]);

/** Every reason of one decision; more than one for `builtin.paths` where more than one applies. */
export function stopReasons(decision: LoggedDecision, view: PolicyView): readonly StopReason[] {
  return decision.policies.flatMap((policy) => {
    const met = codesOf(policy).filter((code) => decision.codes.includes(code));
    return (met.length > 0 ? met : [null]).map((code) => {
      return { policy, code, ...reasonOf(policy, code, { decision, view }) };
    });
  });
}

function codesOf(policy: string): readonly string[] {
  if (policy.startsWith("limits.")) return ["limit_exceeded"];
  if (policy.startsWith("budgets.")) return ["budget_exceeded"];
  if (policy.startsWith("rules.")) return ["rule_matched"];
  return codesByPolicy.get(policy) ?? [];
}

function reasonOf(
  policy: string,
  code: string | null,
  { decision, view }: { readonly decision: LoggedDecision; readonly view: PolicyView },
): Pick<StopReason, "pattern" | "subject"> {
  const pattern = findPattern(policy, decision, view);
  if (pattern !== null) return { pattern, subject: null };
  switch (code) {
    case "operation_unverified":
    case "command_opaque":
      return { pattern, subject: subjectOf(decision) };
    case "operation_unknown":
      return { pattern, subject: decision.type };
    case "path_outside_root":
      return { pattern, subject: outsideFolder(decision, view) };
    default:
      return { pattern, subject: null };
  }
}

/** What nobody could judge: the programs of a command, the tool, the limits, or the type. */
export function subjectOf(
  { command, programs, tool, unmeasured, type }: LoggedDecision,
): string {
  if (command === null) return tool ?? (unmeasured.length > 0 ? unmeasured.join(", ") : type);
  return programs.length === 0 ? "cd" : programs.slice(0, 3).join(", ");
}

function findPattern(
  policy: string,
  decision: LoggedDecision,
  { root, policy: present }: PolicyView,
): string | null {
  switch (policy) {
    case "builtin.files": {
      const index = firstMatch(builtinPatternSet(), decision, root);
      return index === null ? null : builtinPatterns[index]?.pattern ?? null;
    }
    case "protected.files":
    case "protected.secret_files": {
      if (present === null) return null;
      const isSecret = policy === "protected.secret_files";
      const { set, patterns } = isSecret ? present.secretFiles : present.protectedFiles;
      const index = firstMatch(set, decision, root, isSecret);
      return index === null ? null : patterns[index] ?? null;
    }
    case "commands.opaque":
      return protectedByChance(decision, { root, policy: present });
    case "protected.operations":
      return present?.protectedOperations.find(({ verbs, types }) =>
        types.includes(decision.type) ||
        decision.effects.some(({ verb }) => verbs.some((each) => each === verb))
      )?.name ?? null;
    default:
      return null;
  }
}

/** The pattern that an effect which merely may happen would meet; null for none. */
export function protectedByChance(
  decision: LoggedDecision,
  { root, policy }: PolicyView,
): string | null {
  const effects = decision.effects.filter(({ isPossible }) => isPossible);
  if (effects.length === 0) return null;
  const chances = { ...decision, effects, files: [] };
  return findPattern("builtin.files", chances, { root, policy }) ??
    findPattern("protected.files", chances, { root, policy }) ??
    findPattern("protected.secret_files", chances, { root, policy });
}

function firstMatch(
  set: PatternSet,
  { effects, files, cwd }: LoggedDecision,
  root: string,
  isRead = false,
): number | null {
  const paths = effects.filter(({ kind, verb }) => kind === "path" && (isRead || verb !== "read"))
    .map(({ resource }) => resource);
  for (const path of new Set([...paths, ...files])) {
    const forms = formsOf(path, cwd, root);
    const index = set.match(forms)[0] ?? set.mayMatchBelow(forms)[0];
    if (index !== undefined) return index;
  }
  return null;
}

function formsOf(path: string, cwd: string | null, root: string): readonly string[] {
  const { absolute, isOutside } = placeOf(path, cwd, root);
  if (absolute === null) return [];
  const folded = foldForMatching(absolute);
  if (isInside(root, absolute)) return ["", folded];
  const inside = absolute.slice(root === "/" ? 1 : root.length + 1);
  return isOutside ? [folded, `..${folded}`] : [foldForMatching(inside), folded];
}

function outsideFolder({ effects, cwd }: LoggedDecision, { root }: PolicyView): string | null {
  const outside = effects.filter(({ kind, verb }) => kind === "path" && verb !== "read")
    .map(({ resource }) => placeOf(resource, cwd, root)).find(({ isOutside }) => isOutside);
  return outside?.folder ?? null;
}
