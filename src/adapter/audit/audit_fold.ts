/**
 * The engine's state from the entries themselves, where the snapshot that spares it is gone.
 *
 * @module
 */
import { emptyHead } from "../../core/audit/chain.ts";
import type { Head } from "../../core/audit/entry.ts";
import type { Position } from "../../core/audit/link_batch.ts";
import { emptyState } from "../../core/audit/state.ts";
import { EngineError, TamperDetectedError } from "../../core/errors.ts";
import { RegularFile } from "./audit_disk.ts";
import type { AuditOptions } from "./audit_options.ts";
import { listSegments, segmentPath } from "./audit_segments.ts";
import { readFirstHeader } from "./audit_walk.ts";
import { walkPosition } from "./audit_walk_position.ts";

/**
 * Folds every closed segment, verified.
 *
 * @param to The head they must end at.
 * @throws {EngineError} `audit_unverifiable` when older entries are not there or their key is not;
 *   `audit_tampered`.
 */
export function foldSegments(options: AuditOptions, to: Head): Position {
  const { ring, hmac, sidePath } = options;
  let position: Position = {
    head: emptyHead,
    base: emptyHead,
    state: emptyState,
    isSealed: false,
  };
  for (const seg of listSegments(sidePath)) {
    if (position.head.seq >= to.seq) break;
    using log = new RegularFile(segmentPath(sidePath, seg), "read");
    const keys = ring.find(readFirstHeader(log)?.key.slice(0, 8) ?? ring.kid, seg);
    if (keys === null || (position.head.seq < 0 && seg > 0)) throw noState();
    const from = { ...position.head, sizeBytes: 0 };
    const walk = { log, from, sizeBytes: log.sizeBytes(), keys, hmac, known: [] };
    const walked = walkPosition(walk, { ...position, head: from });
    position = walked.position;
    if (walked.end.finding !== null) break;
  }
  const { head, state } = position;
  if (head.seq === to.seq && head.mac === to.mac) {
    const here = { ...to, sizeBytes: 0 };
    return { head: here, base: here, state, isSealed: false };
  }
  const message = `The closed segments do not lead to entry ${to.seq}`;
  throw new TamperDetectedError("audit_tampered", message, {
    hint: "keep the files as they are and run `sealward audit verify` for the whole finding",
  });
}

function noState(): EngineError {
  return new EngineError(
    "audit_unverifiable",
    "The snapshot of the engine's state is gone, and the entries it was made of are not here",
    { hint: "restore the folder state/ beside the log from a backup" },
  );
}
