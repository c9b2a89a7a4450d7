/**
 * Which operations a rule, a budget or a check means, after parsing.
 *
 * @module
 */
import type { CommandPattern } from "../operation/command_pattern.ts";
import type { Verb } from "../operation/effect.ts";
import type { PatternSet } from "../operation/pattern_set.ts";

/** A list of patterns. */
export interface FilePatterns {
  /** As written, in file order; index is what `set` answers with. */
  readonly patterns: readonly string[];
  readonly set: PatternSet;
}

/** Conditions, all to be satisfied; null is a key that was not written, and no condition. */
export interface Condition {
  readonly types: readonly string[] | null;
  readonly verbs: readonly Verb[] | null;
  readonly files: FilePatterns | null;
  readonly commands: readonly CommandPattern[] | null;
  /** Words with `*`; so are principals. */
  readonly tools: readonly string[] | null;
  readonly principals: readonly string[] | null;
}
