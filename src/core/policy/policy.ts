/**
 * A policy after parsing: every default filled in, every pattern compiled. The only way to get one
 * is parsePolicy (parse_policy.ts).
 *
 * @module
 */
import type { Verb } from "../operation/effect.ts";
import type { PatternSet } from "../operation/pattern_set.ts";

/** Ordered from harmless to worst. */
export const severities = ["LOW", "MEDIUM", "HIGH", "CRITICAL"] as const;
export type Severity = typeof severities[number];

/** An entry of `protected.operations`: the name as written and the verbs it stands for. */
export interface ProtectedOperation {
  readonly name: string;
  readonly verbs: readonly Verb[];
  /** Operation types it names, e.g. `code_modification` or a custom one; empty for most verbs. */
  readonly types: readonly string[];
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
  readonly protectedFiles: {
    /** As written, in file order; index is what `set` answers with. */
    readonly patterns: readonly string[];
    readonly set: PatternSet;
  };
  readonly protectedOperations: readonly ProtectedOperation[];
  /** Names a deployment adds to operationTypes, each with the verbs it has on its files. */
  readonly customOperations: ReadonlyMap<string, readonly Verb[]>;
}
