/**
 * A policy after parsing: every default filled in, every pattern compiled. The only way to get one
 * is parsePolicy (parse_policy.ts).
 *
 * @module
 */
import type { CheckSpec } from "../check/check_spec.ts";
import type { Verb } from "../operation/effect.ts";
import type { KnownTools } from "../operation/known_tool.ts";
import type { PatternSet } from "../operation/pattern_set.ts";
import type { OverrideTerms } from "../override/terms.ts";
import type { Condition, FilePatterns } from "./condition.ts";
import type { Severity } from "./severity.ts";

export type { Condition, FilePatterns } from "./condition.ts";
export { severities, type Severity } from "./severity.ts";

/** An entry of `protected.operations`: the name as written and the verbs it stands for. */
export interface ProtectedOperation {
  readonly name: string;
  readonly verbs: readonly Verb[];
  /** Operation types it names, e.g. `code_modification` or a custom one; empty for most verbs. */
  readonly types: readonly string[];
}

/** One entry of `rules`. */
export interface Rule {
  readonly id: string;
  readonly description: string | null;
  readonly match: RuleMatch;
  /** `observe` says what the rule would have said, and changes no answer. */
  readonly mode: "enforce" | "observe";
  readonly effect: "deny" | "ask" | "warn";
  readonly severity: Severity;
  /** Shown to whoever is denied or asked. */
  readonly reason: string | null;
}

/** Conditions, all to be satisfied; null is a key that was not written, and no condition. */
export interface RuleMatch extends Condition {
  /** Such an operation was allowed before. */
  readonly after: PastCondition | null;
  /** No such operation was allowed before. */
  readonly without: PastCondition | null;
}

/** Over what is looked back or counted. */
export type Span = "session" | "hour" | "day";

/** What an earlier operation must have been. */
export interface PastCondition {
  /**
   * What it means, as a letter and 8 hex digits: two policies that mean the same have the same, so
   * that what the log knows of it stays. The letter is where it is remembered: `s` by session, `p` by
   * principal, `a` for anyone.
   */
  readonly id: string;
  readonly within: Span;
  readonly condition: Condition;
  /** It lifts a denial: then only what is certain and named exactly meets it. */
  readonly isStrict: boolean;
}

/** One entry of `budgets`. */
export interface Budget {
  readonly id: string;
  readonly description: string | null;
  readonly count: "operations" | "files" | "deletes" | "lines" | "commands";
  /** All null where the budget has no `match`. */
  readonly match: Condition;
  readonly per: Span;
  readonly max: number;
  readonly effect: "deny" | "ask";
  readonly severity: Severity;
  readonly reason: string | null;
  /** Of `count`, `match` and `per`, as PastCondition.id; `s`, `h` or `d` is `per`. */
  readonly counterId: string;
}

/** Null means the policy sets no such limit. */
export interface PolicyLimits {
  readonly maxComplexity: number | null;
  readonly maxFileSizeBytes: number | null;
  readonly maxChangesPerOperation: number | null;
  readonly maxFilesPerOperation: number | null;
}

export interface Policy {
  readonly version: "1.0";
  readonly enforcement: {
    readonly enabled: boolean;
    readonly failClosed: boolean;
    readonly mode: "enforce" | "observe";
    readonly onUnverified: "deny" | "ask";
    readonly default: "allow" | "deny";
  };
  readonly limits: PolicyLimits;
  readonly protectedFiles: FilePatterns;
  /** Not even to be read. */
  readonly secretFiles: FilePatterns;
  readonly protectedOperations: readonly ProtectedOperation[];
  /** Names a deployment adds to operationTypes, each with the verbs it has on its files. */
  readonly customOperations: ReadonlyMap<string, readonly Verb[]>;
  readonly commands: { readonly opaque: "deny" | "ask" | "allow" };
  /** In file order. */
  readonly rules: readonly Rule[];
  readonly budgets: readonly Budget[];
  readonly checks: readonly CheckSpec[];
  /** Null without the section: see termsOf. */
  readonly overrides: OverrideTerms | null;
  /** What is known of tools and methods of MCP servers, by full name; see mcp_names.ts. */
  readonly tools: KnownTools;
  /** Of all rules, each meaning once. */
  readonly past: readonly PastCondition[];
  /**
   * `files` of all conditions in one set; `owners` has the index of each pattern's in the list of
   * those of `rules`, `past`, `budgets` and `checks`, in this order.
   */
  readonly ruleFiles: { readonly set: PatternSet; readonly owners: readonly number[] };
  /** Secret files, or a rule that denies or asks, may speak against a file that is only read. */
  readonly guardsReads: boolean;
}
