/**
 * What is loaded only when a segment ends: every one-shot would pay for it otherwise.
 *
 * @module
 */
import type { Head } from "../../core/audit/entry.ts";
import type { Position } from "../../core/audit/link_batch.ts";
import type { AuditOptions } from "./audit_options.ts";

/** The end of a segment, for the log `Active` that has come upon it. */
export interface AuditRotation<Active> {
  /** Makes the file behind a seal and moves both to their places. */
  readonly beginNext: (active: Active) => void;
  /** Puts the secret of the log's epoch in the place of an older one, on the disk and in memory. */
  readonly forgetOlder: (active: Active) => void;
  /** The position before a segment's first line, from the entries of all segments before. */
  readonly foldBefore: (options: AuditOptions, from: Head) => Position;
}

/** Thrown under the lock by who needs it and does not have it; whoever holds the lock loads it. */
export class RotationNeeded extends Error {}
