/**
 * What a policy test says: an operation, and what has to come of it. docs/policy-tests.md.
 *
 * @module
 */
import type { Verdict } from "../decision/decision.ts";
import type { Unmeasured } from "../decision/unmeasured_header.ts";
import type { Operation, Principal } from "../operation/operation.ts";

/** A file, folder or link that a test wants to be there; `path` is relative to the root. */
export type PretendFile =
  | { readonly path: string; readonly kind: "folder" }
  | { readonly path: string; readonly kind: "link"; readonly target: string }
  /** Text, or only a size in bytes. */
  | { readonly path: string; readonly kind: "file"; readonly content: string | number };

/** An operation and who asks. */
export interface AskedOperation {
  readonly operation: Operation;
  readonly principal: Principal;
}

/** The answer and its reasons: right for the wrong reason is wrong. */
export interface Expectation {
  readonly decision: Verdict;
  /** Every dotted id that is violated, in any order, and no other. */
  readonly violatedPolicies: readonly string[];
  /** Null: not looked at. */
  readonly wouldDeny: boolean | null;
  /** Whether a person may approve it; null: not looked at. */
  readonly overridable: boolean | null;
  /** Part of the reason or of a violation's message; null: not looked at. */
  readonly message: string | null;
}

export interface TestCase extends AskedOperation {
  readonly name: string;
  /** Where it begins in its file; both count from 1. */
  readonly line: number;
  readonly column: number;
  /** Asked before, in order; what is allowed of it is remembered. */
  readonly earlier: readonly AskedOperation[];
  /** All there is below the root; null is the disk as it is. */
  readonly files: readonly PretendFile[] | null;
  readonly unmeasured: Unmeasured;
  readonly expect: Expectation;
}

export interface TestFile {
  /** As people know it. */
  readonly file: string;
  /** Judges as if `enforcement.mode` said so; null is as the policy says. */
  readonly mode: "enforce" | "observe" | null;
  readonly cases: readonly TestCase[];
}
