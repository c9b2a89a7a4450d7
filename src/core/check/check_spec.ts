/**
 * One entry of `checks` after parsing: every default filled in. policy/SPEC.md, "Checks".
 *
 * @module
 */
import type { JsonObject, Operation } from "../operation/operation.ts";
import type { Condition } from "../policy/condition.ts";
import type { Severity } from "../policy/severity.ts";
import type { CheckAbi, CheckJob } from "./check_job.ts";
import type { CheckLimits } from "./check_limits.ts";

/** `process`: another process that can do nothing else. `inline`: in this one, by explicit word. */
export const checkIsolations = ["process", "inline"] as const;
export type CheckIsolation = typeof checkIsolations[number];

/** A file and what must be in it. */
export interface PinnedFile {
  /** Relative to the root, as in a snapshot's `files`: `.scalpel/checks/NAME`. */
  readonly file: string;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
}

/** What a check must say of an operation before its word counts. */
export interface CheckTest {
  readonly operation: Operation;
  /** Codes of its violations in any order, each as often as it is found; or how many there are. */
  readonly expect: readonly string[] | number;
}

export interface CheckSpec extends PinnedFile {
  readonly id: string;
  readonly description: string | null;
  readonly abi: CheckAbi;
  readonly entrypoint: CheckJob["entrypoint"];
  readonly result: CheckJob["result"];
  readonly settings: JsonObject;
  /** Of `opa-1`; else null. */
  readonly data: PinnedFile | null;
  /** As in rules; null is every operation. */
  readonly match: Condition | null;
  /** Of violations that name none. */
  readonly severity: Severity;
  /** What its violations answer; a failure always denies. */
  readonly effect: "deny" | "ask";
  readonly isolation: CheckIsolation;
  readonly limits: CheckLimits;
  readonly tests: readonly CheckTest[];
}
