/**
 * A log that was cut behind an entry that verifies: what is missing, and going on without it because
 * a human takes that on. Everything here is called under the log's lock.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { emptyHead, linkEntry } from "../../core/audit/chain.ts";
import type { Head, NewEvent, Receipt } from "../../core/audit/entry.ts";
import type { EpochKeys } from "../../core/audit/keys.ts";
import { toEntry } from "../../core/audit/line.ts";
import { joinLines } from "../../core/audit/link_batch.ts";
import type { KnownHead } from "../../core/audit/log_report.ts";
import type { Mark } from "../../core/audit/mark.ts";
import { type LostEntries, parseRollback, rollbackEvent } from "../../core/audit/rollback_event.ts";
import { structuralTypes } from "../../core/audit/segment.ts";
import { TamperDetectedError } from "../../core/errors.ts";
import { RegularFile, writeDurable } from "./audit_disk.ts";
import { knownHeads, MarkSlots, newestMark } from "./audit_marks.ts";
import type { AuditOptions } from "./audit_options.ts";
import { readFirstHeader, type WalkEnd, walkLog } from "./audit_walk.ts";

/** A cut, as examineCut found it. */
export interface LogCut {
  readonly seg: number;
  /** The last entry there is. */
  readonly head: Head;
  /** Bytes behind it that are no whole line. */
  readonly fragmentBytes: number;
  readonly lost: LostEntries;
  /** An entry has accepted this very loss; heads and marks were not yet written. */
  readonly isBegun: boolean;
  /** Before the segment's first line. */
  readonly base: Head;
  readonly keys: EpochKeys;
  /** Of the newest record. */
  readonly turn: number;
}

/** What a walk over the newest segment saw, heads and marks left aside. */
interface Seen {
  readonly end: WalkEnd;
  readonly macs: ReadonlyMap<number, string>;
  readonly accepted: LostEntries | null;
}

/**
 * Verifies the newest segment without heads and marks, and says what they know beyond its end.
 *
 * @throws {TamperDetectedError} When it is anything but a log that ends too early: `audit_missing`,
 *   `audit_tampered`, or `audit_rollback` for one that was replaced.
 */
export function examineCut(options: AuditOptions): LogCut {
  using slots = new MarkSlots(options, "read");
  const readings = slots.read();
  const newest = newestMark(readings);
  if (newest === null) throw notCut("audit_tampered", "no head and no mark verifies");
  using log = new RegularFile(options.logPath, "read");
  const keys = options.ring.find(newest.kid, newest.epoch);
  const first = readFirstHeader(log);
  if (keys === null || first?.key !== `${newest.kid}.${newest.epoch}`) {
    throw notCut("audit_missing", "the segment that heads and marks name is not here");
  }
  const before = { seq: first.seq - 1, mac: first.prev, sizeBytes: 0 };
  const base = newest.epoch === 0 ? emptyHead : before;
  const seen = walkAlone(log, { from: base, keys, options });
  return judgeCut(seen, { newest, known: knownHeads(readings), base, keys });
}

function walkAlone(
  log: RegularFile,
  { from, keys, options }: {
    readonly from: Head;
    readonly keys: EpochKeys;
    readonly options: AuditOptions;
  },
): Seen {
  const { hmac } = options;
  const walk = walkLog({ log, from, sizeBytes: log.sizeBytes(), keys, hmac, known: [] });
  const macs = new Map<number, string>();
  let accepted: LostEntries | null = null;
  let step = walk.next();
  for (; !step.done; step = walk.next()) {
    for (const header of step.value.headers) {
      macs.set(header.seq, header.mac);
      if (header.type === structuralTypes.rollback) accepted = parseRollback(toEntry(header));
    }
  }
  return { end: step.value, macs, accepted };
}

function judgeCut(
  { end, macs, accepted }: Seen,
  { newest, known, base, keys }: {
    readonly newest: Mark;
    readonly known: readonly KnownHead[];
    readonly base: Head;
    readonly keys: EpochKeys;
  },
): LogCut {
  const { head, finding, fragmentBytes } = end;
  const seg = newest.epoch;
  if (finding !== null) throw notCut("audit_tampered", `entry ${finding.seq} does not verify`);
  const { to } = accepted ?? {};
  const isBegun = to?.seq === newest.head.seq && to.mac === newest.head.mac;
  const lost = isBegun && accepted !== null
    ? accepted
    : { from: head.seq + 1, to: { seq: newest.head.seq, mac: newest.head.mac } };
  // SECURITY: what heads and marks know of the entries that are left must be in them, or it is not a
  // cut but another history.
  for (const one of known) {
    const mac = macs.get(one.seq);
    const isOther = one.seg > seg || (one.seg === seg && mac !== undefined && mac !== one.mac);
    if (isOther && one.seq < lost.from) throw notCut("audit_rollback", "entries were replaced");
    if (isOther && !isBegun) throw notCut("audit_rollback", "entries were replaced");
  }
  if (!isBegun && newest.head.seq <= head.seq) {
    throw notCut("audit_rollback", "nothing that heads and marks know is missing");
  }
  return { seg, head, fragmentBytes, lost, isBegun, base, keys, turn: newest.turn };
}

/**
 * Writes the acceptance at the end there is, durably, then heads and marks. Cut short between the
 * two, the log is still rolled back, and another call goes on from there.
 *
 * @returns The entry's place; null when an earlier call wrote it.
 */
export function acceptCut(
  options: AuditOptions,
  cut: LogCut,
  by: { readonly principal: string; readonly reason: string },
): Receipt | null {
  using log = new RegularFile(options.logPath, "append");
  keepSlots(options);
  const torn = cut.fragmentBytes === 0 ? null : cutFragment(options, log, cut);
  const events = cut.isBegun ? [] : [rollbackEvent(cut.lost, by)];
  const { head, lines, last } = link(options, cut, torn === null ? events : [torn, ...events]);
  if (lines.length > 0) {
    log.append(joinLines(lines));
    log.sync();
  }
  writeSlots(options, cut, head);
  return cut.isBegun ? null : last;
}

function link(options: AuditOptions, { head, keys }: LogCut, events: readonly NewEvent[]) {
  const lines: Uint8Array[] = [];
  let last: Receipt | null = null;
  for (const event of events) {
    const next = linkEntry(head, event, options.nowMicros(), keys, options.hmac);
    const { seq, mac, at } = next.entry;
    lines.push(next.line);
    last = { seq, mac, at };
    head = next.head;
  }
  return { head, lines, last };
}

/** Keeps the torn bytes as evidence and cuts them off; returns the entry that says so. */
function cutFragment(
  { sidePath, sha256 }: AuditOptions,
  log: RegularFile,
  { head, fragmentBytes }: LogCut,
): NewEvent {
  const bytes = log.readAt(head.sizeBytes, fragmentBytes);
  const name = encodeHex(sha256(bytes));
  writeDurable(`${sidePath}/quarantine`, name, bytes);
  log.truncate(head.sizeBytes);
  const details = { bytes: fragmentBytes, sha256: name, last_seq: head.seq };
  return { type: "audit.recovery", severity: "HIGH", details };
}

/** What heads and marks knew is evidence: it names entries that nothing else does any more. */
function keepSlots({ sidePath, markPath, sha256 }: AuditOptions): void {
  for (const path of [`${sidePath}/head`, `${markPath}/mark`]) {
    for (const slot of [0, 1]) {
      const bytes = Deno.readFileSync(`${path}.${slot}`);
      writeDurable(`${sidePath}/quarantine`, encodeHex(sha256(bytes)), bytes);
    }
  }
}

/** Both of each pair: none may stay that knows of what is lost. */
function writeSlots(options: AuditOptions, { turn, base, keys }: LogCut, head: Head): void {
  const { logId } = options;
  using slots = new MarkSlots(options, "update");
  for (const next of [turn + 1, turn + 2]) slots.write({ logId, turn: next, head, base }, keys);
  slots.sync();
}

function notCut(
  code: "audit_tampered" | "audit_missing" | "audit_rollback",
  why: string,
): TamperDetectedError {
  const message = `This is not a log that only ends too early: ${why}`;
  return new TamperDetectedError(code, message, {
    hint: "nobody can accept that: keep the files as they are, and restore the log from a backup",
  });
}
