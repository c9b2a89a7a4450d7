/**
 * Walks every segment of a log, oldest first, and gathers what a verdict is made of.
 *
 * @module
 */
import type { LineBatch } from "../../core/audit/batch/line_batch.ts";
import type { LogEvidence } from "../../core/audit/log_report.ts";
import type { LogAtRest } from "./audit_at_rest.ts";
import type { AuditOptions } from "./audit_options.ts";
import {
  concludePiece,
  evidenceOf,
  noProgress,
  pieces,
  planPiece,
  type WalkContext,
  type WholeWalkOptions,
} from "./audit_pieces.ts";
import { checkSeal } from "./audit_seal_check.ts";
import type { Outcome, Piece, Progress } from "./audit_unkeyed.ts";
import { type BatchBlock, walkBatch } from "./audit_walk_batch.ts";

/** Yields verified lines; returns what was found, for judgeLog. */
export function* walkSegments(
  rest: LogAtRest,
  options: AuditOptions,
  { batch, ...how }: WholeWalkOptions & { readonly batch: LineBatch },
): Generator<BatchBlock, LogEvidence> {
  const known = [...rest.known, ...how.memory ?? []];
  const context = { options, known, how };
  let last: Outcome = { progress: noProgress, finding: null, end: null };
  const numbers: number[] = [];
  for (const piece of pieces(rest, how.resume?.seg)) {
    using _closing = piece.isSealed ? piece.file : null;
    numbers.push(piece.seg);
    last = yield* walkPiece(piece, last.progress, { ...context, batch });
    if (last.finding !== null) break;
    how.onConcluded?.(last.progress.structural);
  }
  const isResumed = how.resume !== undefined;
  return evidenceOf(rest, { numbers, last, known, logId: options.logId, isResumed });
}

function* walkPiece(
  piece: Piece,
  progress: Progress,
  { batch, ...context }: WalkContext & { readonly batch: LineBatch },
): Generator<BatchBlock, Outcome> {
  const plan = planPiece(piece, progress, context);
  if ("outcome" in plan) return plan.outcome;
  const { startHash, isSealEnough } = context.how;
  if (piece.isSealed && startHash !== undefined && isSealEnough?.(piece.seg) === true) {
    return checkSeal({ piece, plan, startHash }, progress, context);
  }
  const end = yield* walkBatch(plan.walk, batch);
  return concludePiece({ piece, plan, end }, progress, context);
}
