/**
 * Ends a segment and begins the next. Every step leaves files from which the next opening goes on:
 *
 *   seal written and durable      → the rest is done by whoever opens or appends next
 *   next segment made aside       → made anew, its entry is the same but for its time
 *   old file moved away           → no active segment; the newest closed one ends with its seal
 *   new file in place             → heads and marks still name the seal; its first entry continues it
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { linkEntry } from "../../core/audit/chain.ts";
import type { Entry, NewEvent } from "../../core/audit/entry.ts";
import type { EpochKeys } from "../../core/audit/keys.ts";
import { toEntry } from "../../core/audit/line.ts";
import { joinLines, type Position, snapshotOf } from "../../core/audit/link_batch.ts";
import type { Frontier } from "../../core/audit/merkle/frontier.ts";
import { hashLeaf } from "../../core/audit/merkle/hash_leaf.ts";
import {
  keyChangeEvents,
  sealEvent,
  segmentEvent,
  structuralTypes,
  textOf,
  treeBefore,
} from "../../core/audit/segment.ts";
import { foldState } from "../../core/audit/state.ts";
import { EngineError, TamperDetectedError } from "../../core/errors.ts";
import type { StartHash } from "../../core/ports.ts";
import type { ActiveLog } from "./audit_active.ts";
import { RegularFile, syncFolder, writeDurable } from "./audit_disk.ts";
import { writeEpochKey } from "./audit_epoch_key.ts";
import { foldSegments } from "./audit_fold.ts";
import { hashFile } from "./audit_hash.ts";
import type { AuditOptions } from "./audit_options.ts";
import type { AuditRotation } from "./audit_rotation.ts";
import type { SegmentDigest } from "./audit_segment_digest.ts";
import { listSegments, segmentPath } from "./audit_segments.ts";
import { checkLine, readFirstHeader, readLastHeader } from "./audit_walk.ts";

/** A new root secret, as its owner wants it announced. */
export interface KeyChangeRequest {
  /** 8 hex digits; the ring must lead from it. */
  readonly to: string;
  readonly principal: string;
  readonly reason: string;
}

export function createRotation(startHash: StartHash): AuditRotation<ActiveLog> {
  return {
    beginNext: (active) => beginNext(active, startHash),
    forgetOlder: (active) => forget(active, active.keys),
    foldBefore: foldSegments,
  };
}

/**
 * Writes the seal, durably, over bytes that `digest` has verified, and begins the next segment.
 *
 * @param change Announced right before the seal; the next segment is under its key.
 */
export function sealActive(
  active: ActiveLog,
  digest: SegmentDigest,
  rotation: AuditRotation<ActiveLog>,
  change: KeyChangeRequest | null = null,
): void {
  const { options, keys } = active;
  const lines: Uint8Array[] = [];
  let { position } = active;
  const link = (event: NewEvent) => {
    const next = linkEntry(position.head, event, options.nowMicros(), keys, options.hmac);
    lines.push(next.line);
    position = { ...position, head: next.head, state: foldState(position.state, next.entry) };
    return next.line;
  };
  if (change !== null) digest.add([link(announce(active, change))]);
  const state = `sha256:${snapshotOf(position.state, options.sha256).digest}`;
  link(sealEvent({ ...digest.facts(), seg: keys.epoch, state }));
  active.write(joinLines(lines), { ...position, isSealed: true });
  rotation.beginNext(active);
}

function announce({ options, keys }: ActiveLog, change: KeyChangeRequest): NewEvent {
  const commitment = options.ring.commit(change.to, keys.epoch + 1);
  if (commitment === null) throw noKey();
  return keyChangeEvents({ ...change, from: keys.kid, commitment }).rotate;
}

function noKey(): EngineError {
  return new EngineError("audit_unverifiable", "The key the log goes on with is not here", {
    hint: "the secret was changed: start again with the new one",
  });
}

/** What the last two lines of a closed segment say. */
interface Closing {
  readonly seal: Entry;
  readonly sealLine: Uint8Array;
  /** The announcement before the seal; null when there is none. */
  readonly announced: Entry | null;
}

/** Makes the file behind a seal, moves the sealed one away and the new one in its place. */
function beginNext(active: ActiveLog, startHash: StartHash): void {
  const { options, log, position } = active;
  const closing = readClosing(active);
  const tree = confirmSealed(log, closing, startHash);
  const keys = nextKeys(active, closing.announced);
  const snapshot = snapshotOf(position.state, options.sha256);
  active.states.write(snapshot);
  const begun = linkNext(active, keys, {
    ...tree,
    state: `sha256:${snapshot.digest}`,
    announced: closing.announced,
  });
  active.orPoison(() => {
    writeDurable(options.sidePath, "segment.new", begun.bytes);
    moveAway(options, log, active.seg);
    Deno.renameSync(`${options.sidePath}/segment.new`, options.logPath);
    syncFolder(folderOf(options.logPath));
  });
  active.enter(new RegularFile(options.logPath, "append"), keys, begun.position);
  if (options.isForwardSecure) forget(active, keys);
  active.states.keepOnly(namedStates(options, snapshot.digest));
}

/**
 * The states that segments begin with: what was decided in them can be decided again, also when what
 * came before is gone. Whoever made up a first line keeps a file that nothing reads.
 */
function namedStates({ sidePath }: AuditOptions, newest: string): ReadonlySet<string> {
  const named = listSegments(sidePath).map((seg) => {
    using file = new RegularFile(segmentPath(sidePath, seg), "read");
    return /"state":"sha256:([0-9a-f]{64})"/.exec(readFirstHeader(file)?.detailsText ?? "")?.[1];
  });
  return new Set([newest, ...named.filter((digest) => digest !== undefined)]);
}

/** The seal, verified once more as it is on the disk. */
function readClosing({ log, keys, position, options }: ActiveLog): Closing {
  const last = readLastHeader(log);
  if (last === null || last.mac !== position.head.mac) throw changed();
  const offset = position.head.sizeBytes - last.lineBytes;
  const from = { seq: last.seq - 1, mac: last.prev, sizeBytes: offset };
  const { hmac } = options;
  const walk = { log, from, sizeBytes: position.head.sizeBytes, keys, hmac, known: [] };
  const { header } = checkLine(walk);
  if (header?.type !== structuralTypes.seal) throw changed();
  const before = readLastHeader(log, offset);
  const isAnnounced = before?.type === structuralTypes.keyRotate;
  return {
    seal: toEntry(header),
    sealLine: log.readAt(offset, last.lineBytes - 1),
    announced: isAnnounced ? toEntry(before) : null,
  };
}

/** The sealed bytes are still the ones the seal was written over; see SegmentDigest. */
function confirmSealed(log: RegularFile, { seal, sealLine }: Closing, startHash: StartHash) {
  const sealed = startHash();
  const whole = startHash();
  const bytes = Number(seal.details["bytes"]);
  const both = { update: (piece: Uint8Array) => (sealed.update(piece), whole.update(piece)) };
  const digest = () => new Uint8Array();
  hashFile(log, bytes, () => ({ ...both, digest, digestSoFar: digest }));
  if (encodeHex(sealed.digest()) !== seal.details["sha256"]) throw changed();
  whole.update(sealLine);
  whole.update(Uint8Array.of(0x0a));
  const tree = treeBefore(seal);
  if (tree === null) throw changed();
  tree.append(hashLeaf(sealLine));
  return { previousSha256: whole.digest(), tree: tree.encode() };
}

function changed(): TamperDetectedError {
  return new TamperDetectedError("audit_tampered", "The closed segment is not what its seal says", {
    hint: "keep the files as they are and run `sealward audit verify` for the whole finding",
  });
}

function nextKeys({ options, keys }: ActiveLog, announced: Entry | null): EpochKeys {
  const kid = announced === null ? keys.kid : textOf(announced.details, "to") ?? "";
  const next = options.ring.find(kid, keys.epoch + 1);
  if (next === null) throw noKey();
  return next;
}

function linkNext(
  active: ActiveLog,
  keys: EpochKeys,
  facts: {
    readonly previousSha256: Uint8Array;
    readonly tree: ReturnType<Frontier["encode"]>;
    readonly state: string;
    readonly announced: Entry | null;
  },
): { readonly bytes: Uint8Array; readonly position: Position } {
  const { options } = active;
  const { logId } = options;
  const before = { ...active.position.head, sizeBytes: 0 };
  const fingerprint = originOf(active);
  const events = [segmentEvent({ ...facts, seg: keys.epoch, logId, fingerprint })];
  if (facts.announced !== null) events.push(answer(facts.announced));
  const lines: Uint8Array[] = [];
  let { head, state } = { head: before, state: active.position.state };
  for (const event of events) {
    const next = linkEntry(head, event, options.nowMicros(), keys, options.hmac);
    lines.push(next.line);
    head = next.head;
    state = foldState(state, next.entry);
  }
  return { bytes: joinLines(lines), position: { head, base: before, state, isSealed: false } };
}

function answer({ details }: Entry): NewEvent {
  const text = (name: string) => textOf(details, name) ?? "";
  return keyChangeEvents({
    from: text("from"),
    to: text("to"),
    commitment: text("commitment"),
    principal: text("principal"),
    reason: text("reason"),
  }).begin;
}

/** SHA-256 of the genesis line, from the segment that has it or from what each later one says. */
function originOf({ log, options }: ActiveLog): string {
  const first = readFirstHeader(log);
  if (first === null) throw changed();
  if (first.type === structuralTypes.genesis) {
    return encodeHex(options.sha256(log.readAt(0, first.lineBytes - 1)));
  }
  return textOf(toEntry(first).details, "genesis") ?? "";
}

/** Closed segments are read-only: no guard against their owner, but against a slip. */
function moveAway({ logPath, sidePath }: AuditOptions, log: RegularFile, seg: number): void {
  const place = segmentPath(sidePath, seg);
  if (log.path === place) return;
  refuseTaken(place);
  Deno.chmodSync(logPath, 0o400);
  Deno.renameSync(logPath, place);
  syncFolder(sidePath);
}

// SECURITY: a rename replaces what stands there without a word.
function refuseTaken(place: string): void {
  try {
    Deno.lstatSync(place);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  throw new TamperDetectedError("audit_tampered", "A file stands where a closed segment belongs");
}

/** The old epoch's secret, on the disk and in memory, once nothing needs it any more. */
function forget({ options, orPoison }: ActiveLog, { kid, epoch }: EpochKeys): void {
  const secret = options.ring.secretOf(kid, epoch);
  if (secret === null) throw noKey();
  orPoison(() => writeEpochKey(options.markPath, options.logId, secret));
  options.ring.forgetBefore(kid, epoch);
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
