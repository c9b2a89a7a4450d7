/**
 * What approvals have to do with one decision.
 *
 * @module
 */
import type { Judgement, OverrideNote } from "../decision/decision.ts";
import type { JsonObject } from "../operation/operation.ts";

/** What the answer and its entry say of it. */
export interface Exception {
  /** As decided after all. */
  readonly judgement: Judgement;
  /** `override` of the entry's details. */
  readonly details: JsonObject;
  readonly note: OverrideNote;
  /** Bytes to be kept before the entry: the request document; null where there is none that is new. */
  readonly document: Uint8Array | null;
}
