/**
 * The entries that hold segments together: what a seal says of its file, what the next file says of
 * it, and the pair that changes the root secret. SPEC.md, "Segments".
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import type { JsonObject } from "../operation/operation.ts";
import type { Entry, NewEvent } from "./entry.ts";
import { type EncodedFrontier, Frontier } from "./merkle/frontier.ts";
import { parseFrontier } from "./merkle/parse_frontier.ts";

/** Types of structural entries; a place in the file belongs to each. */
export const structuralTypes = {
  genesis: "audit.genesis",
  segment: "audit.segment",
  seal: "audit.seal",
  keyRotate: "audit.key_rotate",
  keyBegin: "audit.key_begin",
  prune: "audit.prune",
  rollback: "audit.rollback_accepted",
} as const;

/** What a seal says: everything an outsider needs to hold the file against it. */
export interface SealFacts {
  /** Number of the segment. */
  readonly seg: number;
  /** Sequence number of its first entry. */
  readonly first: number;
  /** Entries before the seal. */
  readonly count: number;
  /** Bytes before the seal's line. */
  readonly bytes: number;
  /** Of these bytes, 32. */
  readonly sha256: Uint8Array;
  /** RFC 6962 tree over all entries of the log before the seal. */
  readonly tree: EncodedFrontier;
  /** Digest of the engine's state, `sha256:` and hex. */
  readonly state: string;
}

/** The last entry of a segment. */
export function sealEvent(facts: SealFacts): NewEvent {
  const { seg, first, count, bytes, sha256, tree, state } = facts;
  return {
    type: structuralTypes.seal,
    severity: "LOW",
    details: {
      seg,
      first,
      n: count,
      bytes,
      sha256: encodeHex(sha256),
      tree: encodeTree(tree),
      state,
    },
  };
}

/** What the first entry of a segment says of what came before. */
export interface SegmentFacts {
  readonly seg: number;
  /** SHA-256 of the whole previous file, seal included; 32 bytes. */
  readonly previousSha256: Uint8Array;
  readonly logId: string;
  /** SHA-256 of the genesis line without its LF, hex: it outlives the first segment. */
  readonly fingerprint: string;
  /** As in SealFacts, with the seal itself. */
  readonly tree: EncodedFrontier;
  readonly state: string;
}

/** The first entry of every segment but the first. */
export function segmentEvent(facts: SegmentFacts): NewEvent {
  const { seg, previousSha256, logId, fingerprint, tree, state } = facts;
  return {
    type: structuralTypes.segment,
    severity: "LOW",
    details: {
      seg,
      prev_seg_sha256: encodeHex(previousSha256),
      log: logId,
      genesis: fingerprint,
      tree: encodeTree(tree),
      state,
    },
  };
}

/** A change of the root secret: what the old key says of the new one, and what that one answers. */
export interface KeyChange {
  readonly from: string;
  readonly to: string;
  /** See commitEpoch; of the epoch the new key begins with. */
  readonly commitment: string;
  readonly principal: string;
  readonly reason: string;
}

/** The pair; the seal and the next segment's first entry stand between. */
export function keyChangeEvents(
  { from, to, commitment, principal, reason }: KeyChange,
): { readonly rotate: NewEvent; readonly begin: NewEvent } {
  const details = { from, to, commitment, principal, reason };
  return {
    rotate: { type: structuralTypes.keyRotate, severity: "HIGH", details },
    begin: { type: structuralTypes.keyBegin, severity: "HIGH", details: { from, to, commitment } },
  };
}

/** A whole number of details; null when it is none. */
export function countOf(details: JsonObject, name: string): number | null {
  const value = details[name];
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** Text of details; null when it is none. */
export function textOf(details: JsonObject, name: string): string | null {
  const value = details[name];
  return typeof value === "string" ? value : null;
}

/** The tree before an entry, as a seal or a segment's first entry carries it; null for others. */
export function treeBefore(entry: Entry): Frontier | null {
  if (entry.type === structuralTypes.genesis) return new Frontier();
  const tree = parseFrontier(entry.details["tree"]);
  return tree?.size === entry.seq ? tree : null;
}

function encodeTree({ size, hashes }: EncodedFrontier): JsonObject {
  return { size, hashes: [...hashes] };
}

/** A segment and the SHA-256 of its whole file, hex. */
export type RemovedSegment = readonly [seg: number, sha256: string];

/** Closed segments that are about to be removed: said before, so that the gap has an entry. */
export function pruneEvent(
  removed: readonly RemovedSegment[],
  by: { readonly toSeq: number; readonly principal: string; readonly reason: string },
): NewEvent {
  return {
    type: structuralTypes.prune,
    severity: "HIGH",
    details: {
      to_seq: by.toSeq,
      principal: by.principal,
      reason: by.reason,
      removed: removed.map(([seg, sha256]) => [seg, sha256]),
    },
  };
}

/** What an `audit.prune` entry names; nothing for any other. */
export function removedIn({ type, details }: Entry): readonly RemovedSegment[] {
  const { removed } = details;
  if (type !== structuralTypes.prune || !Array.isArray(removed)) return [];
  return removed.flatMap((pair) => {
    const [seg, sha256] = Array.isArray(pair) ? pair : [];
    return typeof seg === "number" && typeof sha256 === "string" ? [[seg, sha256] as const] : [];
  });
}

/**
 * Whether entries say that every segment before `firstSeg` was removed, and that the newest of them
 * was the file that segment `firstSeg` continues.
 *
 * @param structural Verified structural entries of the log, in its order.
 */
export function isFrontRemoved(firstSeg: number, structural: readonly Entry[]): boolean {
  if (firstSeg === 0) return false;
  const named = structural[0] && textOf(structural[0].details, "prev_seg_sha256");
  return structural.some((entry) =>
    removedIn(entry).some(([seg, sha256]) => seg === firstSeg - 1 && sha256 === named)
  );
}
