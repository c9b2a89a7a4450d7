/**
 * Links a batch of events, with a snapshot of the state wherever one is due. SPEC.md, "State".
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { canonicalize } from "@std/json/canonicalize";
import { maxEntriesBetweenSnapshots } from "../limits.ts";
import type { HmacSha256, NowMicros, Sha256 } from "../ports.ts";
import { linkEntry } from "./chain.ts";
import type { Entry, Head, NewEvent, Receipt } from "./entry.ts";
import type { EpochKeys } from "./keys.ts";
import { type LineHeader, toEntry } from "./line.ts";
import { type EngineState, foldState } from "./state.ts";

const snapshotType = "audit.state";
// Not from segment.ts: a one-shot has no use for the tree that comes with it.
const segmentType = "audit.segment";
const sealType = "audit.seal";

/** A place in the log and what the log means up to there. */
export interface Position {
  readonly head: Head;
  /** The head before the newest snapshot entry of this segment, or before its first line. */
  readonly base: Head;
  readonly state: EngineState;
  /** A seal was the last line: nothing may follow it in this file. */
  readonly isSealed: boolean;
}

/** Lines to write in one go; nothing is written yet. */
export interface Batch {
  readonly bytes: Uint8Array;
  /** One for each event, in order; snapshots have none. */
  readonly receipts: readonly Receipt[];
  readonly after: Position;
  /** States the snapshot entries name; they must be durable before the lines are. */
  readonly snapshots: readonly StateSnapshot[];
}

export interface StateSnapshot {
  /** SHA-256 of `bytes`, 64 hex digits. */
  readonly digest: string;
  /** RFC 8785, UTF-8. */
  readonly bytes: Uint8Array;
}

/** What linking needs beside the events. */
export interface LinkParts {
  readonly keys: EpochKeys;
  readonly hmac: HmacSha256;
  readonly sha256: Sha256;
  readonly nowMicros: NowMicros;
}

/**
 * Links events behind a position; at most maxEntriesBetweenSnapshots entries lie between two
 * snapshots, in whatever batches they came.
 *
 * @throws {EngineError} `event_invalid` when one does not fit a line: then none is linked.
 */
export function linkBatch(events: readonly NewEvent[], from: Position, parts: LinkParts): Batch {
  const lines: Uint8Array[] = [];
  const receipts: Receipt[] = [];
  const snapshots: StateSnapshot[] = [];
  let after = from;
  const link = (event: NewEvent): Entry => {
    const next = linkEntry(after.head, event, parts.nowMicros(), parts.keys, parts.hmac);
    lines.push(next.line);
    after = { ...after, head: next.head, state: foldState(after.state, next.entry) };
    return next.entry;
  };
  for (const event of events) {
    const { seq, mac, at } = link(event);
    receipts.push({ seq, mac, at });
    if (seq - after.base.seq < maxEntriesBetweenSnapshots) continue;
    const snapshot = snapshotOf(after.state, parts.sha256);
    snapshots.push(snapshot);
    after = { ...after, base: after.head };
    link({
      type: snapshotType,
      severity: "LOW",
      details: { digest: `sha256:${snapshot.digest}`, seq },
    });
  }
  return { bytes: joinLines(lines), receipts, after, snapshots };
}

/** The state as it is hashed and stored. */
export function snapshotOf(state: EngineState, sha256: Sha256): StateSnapshot {
  const bytes = new TextEncoder().encode(canonicalize(state));
  return { digest: encodeHex(sha256(bytes)), bytes };
}

/**
 * Moves a position over verified lines that somebody else appended.
 *
 * @param headers Verified, the first one right behind `from`.
 */
export function followLines(from: Position, headers: readonly LineHeader[]): Position {
  let { head, base, state, isSealed } = from;
  for (const header of headers) {
    if (header.type === snapshotType || header.type === segmentType) base = head;
    isSealed = header.type === sealType;
    state = foldState(state, toEntry(header));
    head = { seq: header.seq, mac: header.mac, sizeBytes: head.sizeBytes + header.lineBytes };
  }
  return { head, base, state, isSealed };
}

/** Hex digest of the state a line names; null for a line that names none. */
export function snapshotDigest(header: LineHeader): string | null {
  if (header.type !== snapshotType && header.type !== segmentType) return null;
  const { digest: named, state } = toEntry(header).details;
  const digest = header.type === segmentType ? state : named;
  return typeof digest === "string" && digest.startsWith("sha256:") ? digest.slice(7) : null;
}

/** Lines in one piece, so that one write takes them. */
export function joinLines(lines: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(lines.reduce((sum, line) => sum + line.length, 0));
  let filled = 0;
  for (const line of lines) {
    bytes.set(line, filled);
    filled += line.length;
  }
  return bytes;
}
