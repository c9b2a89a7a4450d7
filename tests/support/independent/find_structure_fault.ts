/**
 * Whether the entries that hold the log together stand where they must, and say of the files what
 * they are. SPEC.md, "Entries the log itself writes" and "Segments".
 */
import type { Keys } from "./secrets.ts";
import { isSameTree, readTree, type Tree } from "./tree.ts";
import type { Entry, Finding, Place, WalkedLines } from "./walk_lines.ts";

/** One file, every line verified. */
export interface Walked extends WalkedLines {
  readonly seg: number;
  readonly isClosed: boolean;
  readonly from: Place;
  readonly keys: Keys;
  /** Before each entry; null where what was before is not known. */
  readonly trees: readonly (Tree | null)[];
  /** SHA-256 of everything before the last line, and of the whole file. */
  readonly sha256BeforeLast: string;
  readonly sha256: string;
}

export function findStructureFault(walked: Walked, logId: string): Finding | null {
  const { seg, entries, isClosed, last, bytes, from } = walked;
  const wrong = entries.find((entry, i) => !isInPlace(entry, i, walked, logId));
  if (wrong !== undefined) return { seg, seq: wrong.seq, offset: wrong.offset, kind: "structure" };
  if (isClosed && entries.at(-1)?.type !== "audit.seal") {
    return { seg, seq: last.seq + 1, offset: bytes, kind: "seal" };
  }
  const isBegun = entries.length === 0 || isFirst(entries[0], seg);
  if (!isBegun) return { seg, seq: from.seq + 1, offset: 0, kind: "structure" };
  return findFalseSeal(walked);
}

function isFirst(entry: Entry | undefined, seg: number): boolean {
  return entry?.type === (seg === 0 ? "audit.genesis" : "audit.segment");
}

function isInPlace(entry: Entry, i: number, walked: Walked, logId: string): boolean {
  const { seg, entries, keys } = walked;
  const { type, details } = entry;
  if (type === "audit.genesis") return seg === 0 && i === 0 && details["log"] === logId;
  if (type === "audit.segment") {
    return seg > 0 && i === 0 && details["seg"] === seg && details["log"] === logId;
  }
  if (type === "audit.key_begin") {
    return i === 1 && isFirst(entries[0], seg) && details["to"] === keys.kid;
  }
  if (type !== "audit.seal") return true;
  return i === entries.length - 1 && details["seg"] === seg &&
    details["first"] === entries[0]?.seq && details["n"] === i &&
    details["bytes"] === entry.offset;
}

/** What only who holds the key could have got wrong. */
function findFalseSeal({ seg, entries, trees, sha256BeforeLast }: Walked): Finding | null {
  for (const [i, { type, details, seq, offset }] of entries.entries()) {
    if (type !== "audit.seal" && type !== "audit.segment") continue;
    const tree = trees[i] ?? null;
    const isFalse = (tree !== null && !isSameTree(readTree(details["tree"]), tree)) ||
      (type === "audit.seal" && details["sha256"] !== sha256BeforeLast);
    if (isFalse) return { seg, seq, offset, kind: "seal" };
  }
  return null;
}

/** The fault between two files of which both were verified. */
export function findJoinFault(before: Walked, next: Walked): Finding | null {
  const fault = (kind: string) => ({ seg: next.seg, seq: before.last.seq + 1, offset: 0, kind });
  if (next.keys.kid !== before.keys.kid && !isAnnounced(before, next)) return fault("key");
  const named = next.entries[0]?.details["prev_seg_sha256"];
  return next.entries.length > 0 && named !== before.sha256 ? fault("seal") : null;
}

/** The old key named the new one right before its last seal, and the new one answered. */
function isAnnounced(before: Walked, next: Walked): boolean {
  const announced = before.entries.at(-2);
  const begun = next.entries[1];
  return announced?.type === "audit.key_rotate" && begun?.type === "audit.key_begin" &&
    announced.details["from"] === before.keys.kid && announced.details["to"] === next.keys.kid &&
    announced.details["commitment"] === next.keys.commitment &&
    begun.details["commitment"] === next.keys.commitment;
}
