/**
 * Walks one segment after the other in a thread of its own. What it answers is what walkBatch says;
 * whether segments belong together the asker decides.
 *
 * @module
 */
import type { Head } from "../../core/audit/entry.ts";
import type { EpochKeys } from "../../core/audit/keys.ts";
import type { KnownHead } from "../../core/audit/log_report.ts";
import { hmacSha256 } from "../../core/integrity/sha256.ts";
import { RegularFile } from "./audit_disk.ts";
import type { WalkEnd } from "./audit_walk.ts";
import { takeBatch, walkBatch } from "./audit_walk_batch.ts";

/** A segment to walk; the file at `path` must be the one the asker has open. */
export interface SegmentTask {
  readonly path: string;
  readonly identity: string;
  readonly from: Head;
  readonly sizeBytes: number;
  readonly keys: EpochKeys;
  readonly known: readonly KnownHead[];
  readonly wanted: readonly number[];
}

/** `done` counts bytes and entries of one window; `refused` sends the asker to its own open file. */
export type SegmentAnswer =
  | { readonly kind: "done"; readonly bytes: number; readonly entries: number }
  | { readonly kind: "end"; readonly end: WalkEnd }
  | { readonly kind: "refused" };

/** What a worker's global scope has, and the types of a page's do not. */
interface WorkerScope {
  onmessage: (event: MessageEvent<SegmentTask>) => void;
  postMessage: (answer: SegmentAnswer) => void;
}

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data }) => {
  try {
    scope.postMessage({ kind: "end", end: walkTask(data) });
  } catch {
    // Moved or removed meanwhile, or something worse: the asker meets it too, and can say it.
    scope.postMessage({ kind: "refused" });
  }
};

function walkTask({ path, identity, ...range }: SegmentTask): WalkEnd {
  using log = new RegularFile(path, "read");
  if (log.identity !== identity) throw new Error("another file");
  using taken = takeBatch();
  const walk = walkBatch({ ...range, log, hmac: hmacSha256 }, taken.batch);
  for (;;) {
    const step = walk.next();
    if (step.done) return step.value;
    const { bytes, count } = step.value;
    scope.postMessage({ kind: "done", bytes: bytes.length, entries: count });
  }
}
