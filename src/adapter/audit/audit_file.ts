/**
 * The log on disk: the engine's only memory, and the only thing it writes.
 *
 * @module
 */
import type { AuditFollower } from "../../core/audit/audit_port.ts";
import type { Entry, Head, NewEvent, Receipt } from "../../core/audit/entry.ts";
import { snapshotOf } from "../../core/audit/link_batch.ts";
import type { LogReport } from "../../core/audit/log_report.ts";
import type { EngineState } from "../../core/audit/state.ts";
import { EngineError } from "../../core/errors.ts";
import { lockTimeoutMs } from "../../core/limits.ts";
import { ActiveLog } from "./audit_active.ts";
import type { CreateAuditOptions } from "./audit_create.ts";
import { IdleFlush } from "./audit_flush.ts";
import { fullDiskCause } from "./audit_full_disk.ts";
import { AuditLock } from "./audit_lock.ts";
import type { AuditOptions } from "./audit_options.ts";
import { RoomNeeded, type RoomUse } from "./audit_reserve.ts";
import { RoomGate } from "./audit_room_gate.ts";
import type { KeyChangeRequest } from "./audit_rotate.ts";
import { type AuditRotation, RotationNeeded } from "./audit_rotation.ts";
import { SegmentSize } from "./audit_size.ts";
import { unwritable } from "./audit_unwritable.ts";

/** What a transaction sees: everything other processes appended included. */
export interface AuditView {
  readonly state: EngineState;
  /** `sha256:` and 64 hex digits over the canonical form of `state`. */
  readonly stateDigest: string;
  readonly head: Head;
}

/** What a transaction wants recorded, and what it answers. */
export interface AuditPlan<T> {
  readonly events: readonly NewEvent[];
  readonly result: T;
}

/**
 * Opens a log that createAuditFile made: verifies from the newest snapshot to the end, whatever
 * the log's size, repairs a torn end by quarantine and an `audit.recovery` entry, and ends a rotation
 * that was cut short.
 *
 * @throws {EngineError} `audit_tampered`, `audit_rollback`, `audit_missing`, `audit_foreign`,
 *   `audit_unverifiable` (another secret), `audit_busy`, `audit_unwritable`, `audit_unreadable`.
 */
export async function openAuditFile(options: AuditOptions): Promise<AuditFile> {
  const file = new AuditFile(options);
  try {
    await file.start();
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Creates a log and opens it; see createAuditFiles. */
export async function createAuditFile(options: CreateAuditOptions): Promise<AuditFile> {
  const { createAuditFiles } = await import("./audit_create.ts");
  createAuditFiles(options);
  return await openAuditFile(options);
}

/** An open log; openAuditFile and createAuditFile make it. */
export class AuditFile {
  readonly #options: AuditOptions;
  /** Opened under the lock: outside, another process may be moving the file away right now. */
  #opened: ActiveLog | null = null;
  #rotation: AuditRotation<ActiveLog> | null = null;
  readonly #lock: AuditLock;
  #digest: { readonly state: EngineState; readonly text: string } | null = null;
  readonly #size = new SegmentSize();
  #closing: Promise<void> | null = null;
  readonly #idleFlush = new IdleFlush(() => this.#flushWhenIdle());
  readonly #room: RoomGate;

  constructor(options: AuditOptions) {
    this.#options = options;
    this.#room = new RoomGate(options);
    const timeoutMs = options.lockTimeoutMs ?? lockTimeoutMs;
    this.#lock = new AuditLock(`${options.sidePath}/lock`, { timeoutMs, canWrite: true });
  }

  /** Once, before anything else. */
  start(): Promise<void> {
    return this.#hold(() => {
      this.#room.look();
      // Anew with every try: between two of them others may have ended the segment.
      this.#opened?.[Symbol.dispose]();
      this.#opened = null;
      this.#opened = new ActiveLog(this.#options);
      this.#opened.rotation = this.#rotation;
      this.#opened.start();
    });
  }

  get #active(): ActiveLog {
    if (this.#opened !== null) return this.#opened;
    throw new EngineError("internal", "The log was used before it was opened");
  }

  /**
   * Runs `build` on the freshest state, under the lock, and makes its events durable. Law A3: it
   * resolves only when they are. No events, nothing written.
   *
   * @param use What it may do when the disk is full.
   * @throws {EngineError} `audit_busy`; `audit_unwritable`, and from then on always: what a failed
   *   write left is unknown until the log is opened anew; `event_invalid` and `audit_full`, with
   *   nothing written; the tamper codes; and whatever `build` throws.
   */
  async transact<T>(
    build: (view: AuditView) => AuditPlan<T>,
    use: RoomUse = {},
  ): Promise<{ readonly result: T; readonly receipts: readonly Receipt[] }> {
    this.#refuseUnusable();
    return await this.#hold(() => {
      this.#begin();
      const { events, result } = build(this.#view());
      if (events.length === 0) return { result, receipts: [] };
      this.#room.require(use);
      const receipts = this.#active.append(events);
      this.#idleFlush.wake();
      return { result, receipts };
    });
  }

  /** `KID.EPOCH` of the entries it would write now. */
  get key(): string {
    return `${this.#active.keys.kid}.${this.#active.keys.epoch}`;
  }

  /** Whether the segment has reached its size. */
  get isFull(): boolean {
    return this.#size.isFull(this.#active);
  }

  /**
   * Seals the segment and begins the next. The long part, verifying what is to be sealed, needs no
   * lock; callers are served meanwhile.
   *
   * @param change A new root secret to go on with; the ring leads from it.
   * @param use As of `transact`.
   * @returns False when another process was faster.
   * @throws {EngineError} `audit_tampered` when an entry does not verify any more: nothing is sealed
   *   then; and as `transact`.
   */
  async rotate(change: KeyChangeRequest | null = null, use: RoomUse = {}): Promise<boolean> {
    const { sealSegment } = await import("./audit_seal.ts");
    const rotation = await this.#loadRotation();
    return await sealSegment(this.#active, {
      hold: (body) =>
        this.#hold(() => {
          this.#begin();
          this.#room.require(use);
          return body();
        }),
      rotation,
      change,
    });
  }

  /** Entries there are, verified; see readAuditFile. */
  async *readVerified(fromSeq = 0): AsyncGenerator<Entry, void> {
    const { readAuditFile } = await import("./audit_report.ts");
    yield* readAuditFile(this.#options, this.#active.known, fromSeq);
  }

  /** A reader with a position of its own; see followAuditFile. */
  followVerified(): AuditFollower {
    let follower: AuditFollower | null = null;
    const options = this.#options;
    return {
      readNew: async function* () {
        follower ??= (await import("./audit_follow.ts")).followAuditFile(options);
        yield* follower.readNew();
      },
    };
  }

  /** Verifies the whole log; see verifyAuditFile. */
  async verifyAll(): Promise<LogReport> {
    const { verifyAuditFile } = await import("./audit_report.ts");
    return await verifyAuditFile(this.#options, { memory: [this.#active.known] });
  }

  /**
   * Makes head and mark as durable as the log itself already is. It is done by itself once nothing is
   * appended any more; until then a power cut may leave them older than the log, which the next
   * opening takes for what it is; never newer.
   *
   * @throws {EngineError} `audit_unwritable`.
   */
  flush(): void {
    this.#active.orPoison(() => this.#active.slots.sync());
  }

  async #flushWhenIdle(): Promise<void> {
    try {
      await this.#active.slots.syncAside();
    } catch (error) {
      // Nobody waits for it. The next transaction says so.
      this.#active.refuseFrom(unwritable(error));
    }
  }

  /** Waits for the transaction that runs, refuses those that wait. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#opened?.refuseFrom(unwritable("it was closed"));
    await this.#lock.close();
    await this.#idleFlush.stop();
    if (this.#opened === null) return;
    try {
      this.#opened.slots.sync();
    } catch {
      // The answer is out, and what it says is durable: a head that is not takes nothing back.
    }
    this.#opened[Symbol.dispose]();
  }

  #refuseUnusable(): void {
    if (this.#active.unusable !== null) throw this.#active.unusable;
  }

  /** Under the lock: everything others appended is known, and what room there is. */
  #begin(): void {
    this.#refuseUnusable();
    this.#active.catchUp();
    this.#room.begin(this.#active);
  }

  /** As AuditLock.hold; loads what ends a segment, or what little room asks for, when it must. */
  async #hold<T>(body: () => T): Promise<T> {
    for (let tries = 0;; tries++) {
      try {
        return await this.#lock.hold(body);
      } catch (error) {
        if (error instanceof RotationNeeded && tries < 2) {
          this.#rotation = await this.#loadRotation();
          if (this.#opened !== null) this.#opened.rotation = this.#rotation;
        } else if (error instanceof RoomNeeded && tries < 2) {
          await this.#room.load();
        } else {
          if (fullDiskCause(error) !== null) await this.#giveUpReserve(error);
          throw error;
        }
      }
    }
  }

  /** What a write failed for want of room. What comes of this, the next opening sees. */
  async #giveUpReserve(error: unknown): Promise<void> {
    try {
      const rotation = await this.#loadRotation();
      await this.#lock.hold(await this.#room.giveUp(error, rotation));
    } catch {
      // The caller gets the first failure; whatever stands against going on, the next opening says.
    }
  }

  async #loadRotation(): Promise<AuditRotation<ActiveLog>> {
    if (this.#rotation !== null) return this.#rotation;
    const { createRotation } = await import("./audit_rotate.ts");
    const { startNativeHash } = await import("../native_hash.ts");
    return createRotation(startNativeHash);
  }

  #view(): AuditView {
    const { state, head } = this.#active.position;
    if (this.#digest?.state !== state) {
      const { digest } = snapshotOf(state, this.#options.sha256);
      this.#digest = { state, text: `sha256:${digest}` };
    }
    return { state, stateDigest: this.#digest.text, head };
  }
}
