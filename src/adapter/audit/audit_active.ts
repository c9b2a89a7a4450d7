/**
 * The segment that is appended to, and the files that remember where it ends. Everything here is
 * called under the log's lock.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { emptyHead } from "../../core/audit/chain.ts";
import type { Head, NewEvent, Receipt } from "../../core/audit/entry.ts";
import type { EpochKeys } from "../../core/audit/keys.ts";
import { linkBatch, type Position, snapshotDigest } from "../../core/audit/link_batch.ts";
import type { KnownHead } from "../../core/audit/log_report.ts";
import { emptyState } from "../../core/audit/state.ts";
import { type EngineError, TamperDetectedError } from "../../core/errors.ts";
import { RegularFile, writeDurable } from "./audit_disk.ts";
import { knownHeads, MarkSlots, newestMark, type SlotReadings } from "./audit_marks.ts";
import { refuseEnd, refuseMisplaced } from "./audit_end.ts";
import { hasOlderSecret, newestKeys, openNewest } from "./audit_newest.ts";
import type { AuditOptions } from "./audit_options.ts";
import { type AuditRotation, RotationNeeded } from "./audit_rotation.ts";
import { StateStore } from "./audit_states.ts";
import { unwritable } from "./audit_unwritable.ts";
import { walkPosition } from "./audit_walk_position.ts";
import { checkLine, confirmEnd, readFirstHeader, type Walk, type WalkEnd } from "./audit_walk.ts";

const beforeGenesis = { head: emptyHead, base: emptyHead, state: emptyState, isSealed: false };

export class ActiveLog implements Disposable {
  readonly options: AuditOptions;
  readonly states: StateStore;
  readonly slots: MarkSlots;
  /** Set by whoever catches RotationNeeded. */
  rotation: AuditRotation<ActiveLog> | null = null;
  #log: RegularFile;
  #keys: EpochKeys;
  #position: Position = beforeGenesis;
  #turn = 0;
  #unusable: EngineError | null = null;

  /** Opens the files, under the lock; `start` must follow. @throws {EngineError} As RegularFile. */
  constructor(options: AuditOptions) {
    this.options = options;
    using opened = new DisposableStack();
    this.#log = opened.use(openNewest(options));
    this.slots = opened.use(new MarkSlots(options, "update"));
    this.states = new StateStore(`${options.sidePath}/state`, options.sha256);
    this.#keys = newestKeys(options, null);
    opened.move();
  }

  get position(): Position {
    return this.#position;
  }

  get keys(): EpochKeys {
    return this.#keys;
  }

  /** Number of the segment. */
  get seg(): number {
    return this.#keys.epoch;
  }

  get log(): RegularFile {
    return this.#log;
  }

  /** Why nothing more may be written; null while it may. */
  get unusable(): EngineError | null {
    return this.#unusable;
  }

  get known(): KnownHead {
    return { ...this.#position.head, seg: this.seg };
  }

  /** Sequence number of the segment's first entry. */
  readFirstSeq(): number {
    return readFirstHeader(this.#log)?.seq ?? 0;
  }

  /** Nothing is written from now on. */
  refuseFrom(reason: EngineError): void {
    this.#unusable ??= reason;
  }

  /** Verifies from the newest snapshot to the end, and repairs what a killed writer left. */
  start(): void {
    const readings = this.slots.read();
    const newest = newestMark(readings);
    this.#keys = newestKeys(this.options, newest);
    const base = newest?.base ?? emptyHead;
    try {
      this.#position = this.#restore(this.#walk(base, readings)) ??
        this.#restoreFirst(readings) ?? beforeGenesis;
      this.#follow();
      refuseMisplaced(this.#log, this.seg, this.options);
    } catch (error) {
      if (error instanceof RotationNeeded) throw error;
      // Another log fails anywhere; its first line says so in so many words.
      const first = checkLine(this.#walk(this.#claimedStart(), readings));
      if (first.finding !== null) this.#judge(first, readings);
      throw error;
    }
  }

  /** Everything other processes appended, verified; the end of the file is the known one. */
  catchUp(): void {
    const { head } = this.#position;
    if (this.#isReplaced()) return this.#followRotation();
    const sizeBytes = this.#log.sizeBytes();
    confirmEnd(this.#log, head);
    this.slots.confirm();
    if (sizeBytes !== head.sizeBytes) this.#follow();
    else if (this.#position.isSealed) this.#beginNext();
  }

  /** Law A3: the receipts exist only after the data is on the disk. */
  append(events: readonly NewEvent[]): readonly Receipt[] {
    const batch = linkBatch(events, this.#position, { ...this.options, keys: this.#keys });
    for (const snapshot of batch.snapshots) this.states.write(snapshot);
    this.write(batch.bytes, batch.after);
    return batch.receipts;
  }

  /** Writes linked lines, durably, and remembers where they end. */
  write(bytes: Uint8Array, after: Position): void {
    this.orPoison(() => {
      this.#log.append(bytes);
      this.#log.sync();
    });
    this.#position = after;
    this.#remember();
  }

  /** Goes on in the next segment; `rotation` has made its file and moved this one away. */
  enter(log: RegularFile, keys: EpochKeys, position: Position): void {
    this.#log[Symbol.dispose]();
    this.#log = log;
    this.#keys = keys;
    this.#position = position;
    // Both slots: in the old key's time none may stay that only the old key can read.
    for (const _ of [0, 1]) {
      this.#remember();
      this.orPoison(() => this.slots.sync());
    }
  }

  /**
   * A write or sync that failed is never tried again: the kernel may have dropped the pages and
   * would then report success for data that is not there.
   */
  orPoison<T>(write: () => T): T {
    try {
      return write();
    } catch (error) {
      if (error instanceof TamperDetectedError) throw error;
      const refusal = unwritable(error);
      this.#unusable = refusal;
      throw refusal;
    }
  }

  [Symbol.dispose](): void {
    this.#log[Symbol.dispose]();
    this.slots[Symbol.dispose]();
  }

  /** The position a snapshot entry stands for; null when the log must be read from further back. */
  #restore(walk: Walk): Position | null {
    const { header } = checkLine(walk);
    const digest = header === null ? null : snapshotDigest(header);
    const state = digest === null ? null : this.states.read(digest);
    return state === null ? null : { head: walk.from, base: walk.from, state, isSealed: false };
  }

  /**
   * From the segment's first line, where heads and marks are of the segment before, or a snapshot is
   * gone. Null when that is genesis.
   */
  #restoreFirst(readings: SlotReadings): Position | null {
    const first = readFirstHeader(this.#log);
    const epoch = Number(first?.key.slice(9) ?? 0);
    const keys = first && this.options.ring.find(first.key.slice(0, 8), epoch);
    if (keys === null) return null;
    this.#keys = keys;
    if (epoch === 0) return null;
    const restored = this.#restore(this.#walk(this.#claimedStart(), readings));
    return restored ?? this.#loadRotation().foldBefore(this.options, this.#claimedStart());
  }

  /** Before the segment's first line, as that line tells it. */
  #claimedStart(): Head {
    const first = this.#keys.epoch === 0 ? null : readFirstHeader(this.#log);
    return first === null ? emptyHead : { seq: first.seq - 1, mac: first.prev, sizeBytes: 0 };
  }

  /** Verifies and folds what others appended; repairs what a killed writer left. */
  #follow(): void {
    const readings = this.slots.read();
    const walk = this.#walk(this.#position.head, readings);
    const { position, end } = walkPosition(walk, this.#position);
    this.#judge(end, readings);
    const newest = newestMark(readings);
    this.#position = position;
    this.#turn = newest?.turn ?? 0;
    const isBehind = newest !== null && newest.head.seq < position.head.seq;
    // Whoever wrote these was killed before head and mark, or its sync failed.
    const from = newest?.epoch === this.seg ? newest.head.sizeBytes : 0;
    if (isBehind) this.orPoison(() => this.#log.rewrite(from, position.head.sizeBytes));
    if (end.fragmentBytes > 0) this.#recover(end.fragmentBytes);
    else if (isBehind) this.#remember();
    if (position.isSealed) this.#beginNext();
    else if (hasOlderSecret(this)) this.#loadRotation().forgetOlder(this);
  }

  #beginNext(): void {
    this.#loadRotation().beginNext(this);
  }

  #loadRotation(): AuditRotation<ActiveLog> {
    if (this.rotation === null) throw new RotationNeeded();
    return this.rotation;
  }

  /** Whether the path names another file than the open one, or none. */
  #isReplaced(): boolean {
    try {
      this.#log.sizeBytes();
      return false;
    } catch (error) {
      if (error instanceof TamperDetectedError) return true;
      throw error;
    }
  }

  /**
   * Another process may have closed the segment. Then the open file goes on, verified, to a seal, and
   * the file at its place begins right behind it; anything else is a replaced log.
   */
  #followRotation(): void {
    // Before anything is followed: what is missing then would be loaded in the middle of it.
    this.#loadRotation();
    const readings = this.slots.read();
    const sizeBytes = this.#log.openSizeBytes();
    const walk = this.#walk(this.#position.head, readings, sizeBytes);
    const { position, end } = walkPosition(walk, this.#position);
    // Not a seal: says what stands at the path.
    if (!position.isSealed || end.fragmentBytes > 0) this.#log.sizeBytes();
    const { seg } = this;
    const next = openNewest(this.options);
    this.#log[Symbol.dispose]();
    this.#log = next;
    this.start();
    const isBehind = this.seg === seg + 1
      ? readFirstHeader(this.#log)?.prev === position.head.mac
      : this.#position.head.seq > position.head.seq && this.seg > seg;
    if (!isBehind) throw new TamperDetectedError("audit_rollback", "The audit log was replaced");
  }

  #judge(end: WalkEnd, readings: SlotReadings): void {
    const known = [...knownHeads(readings), this.known];
    refuseEnd({ end, readings, known, seg: this.seg, logId: this.options.logId });
  }

  #walk(from: Head, readings: SlotReadings, sizeBytes = this.#log.sizeBytes()): Walk {
    const { hmac } = this.options;
    const known = knownHeads(readings);
    return { log: this.#log, from, sizeBytes, keys: this.#keys, hmac, known };
  }

  /** Keeps the torn bytes as evidence, cuts them off, and says so in the log. */
  #recover(fragmentBytes: number): void {
    const { options } = this;
    const { head } = this.#position;
    const fragment = this.#log.readAt(head.sizeBytes, fragmentBytes);
    const sha256 = encodeHex(options.sha256(fragment));
    writeDurable(`${options.sidePath}/quarantine`, sha256, fragment);
    this.orPoison(() => this.#log.truncate(head.sizeBytes));
    if (this.#position.isSealed) return;
    const details = { bytes: fragmentBytes, sha256, last_seq: head.seq };
    this.append([{ type: "audit.recovery", severity: "HIGH", details }]);
  }

  #remember(): void {
    const { head, base } = this.#position;
    const { logId } = this.options;
    this.#turn++;
    this.orPoison(() => this.slots.write({ logId, turn: this.#turn, head, base }, this.#keys));
  }
}
