/**
 * Walks to the end of a segment's lines and says what the log means there.
 *
 * @module
 */
import { followLines, type Position } from "../../core/audit/link_batch.ts";
import { type Walk, type WalkEnd, walkLog } from "./audit_walk.ts";

/** Where a walk led, and how it ended. */
export interface WalkedPosition {
  readonly position: Position;
  readonly end: WalkEnd;
}

/** @param from The position the walk begins at. */
export function walkPosition(walk: Walk, from: Position): WalkedPosition {
  const steps = walkLog(walk);
  let position = from;
  let step = steps.next();
  for (; !step.done; step = steps.next()) position = followLines(position, step.value.headers);
  return { position, end: step.value };
}
