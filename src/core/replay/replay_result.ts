/**
 * What came of replaying one entry.
 *
 * @module
 */
import type { Json } from "../operation/operation.ts";
import type { Difference } from "./compare_verdicts.ts";

/** Why a decision could not be made again. */
export type CannotCode =
  /** Not all of the input is there; or the entry is older than inputs are kept. */
  | "input_missing"
  /** What is kept under its hash has another. It is not used. */
  | "input_changed"
  /** The accepted policy is not kept any more. */
  | "policy_missing"
  /** The log's beginning is gone, and with it the state. */
  | "state_missing"
  /** Its checks were to be run again, and one cannot be. */
  | "check_not_run"
  /** The entry says so itself: what could be kept does not lead to the decision. */
  | "not_replayable";

/** Wire form; see `sealward replay`. */
export interface ReplayResult {
  readonly seq: number;
  readonly status: "agrees" | "disagrees" | "cannot";
  /** As recorded. */
  readonly decision: Json;
  /** Version that decided; null where the entry does not say. */
  readonly engine: string | null;
  /** Only with `cannot`. */
  readonly code?: CannotCode;
  /** One sentence for people; not with `agrees`. */
  readonly message?: string;
  /** Only with `disagrees`. */
  readonly differences?: readonly Difference[];
}
