/**
 * The log on disk: the engine's only memory, and the only thing it writes.
 *
 * @module
 */
import type { AuditFollower } from "../core/audit/audit_port.ts";
import type { Entry, Head, NewEvent, Receipt } from "../core/audit/entry.ts";
import { snapshotOf } from "../core/audit/link_batch.ts";
import type { LogReport } from "../core/audit/log_report.ts";
import type { EngineState } from "../core/audit/state.ts";
import { lockTimeoutMs, maxSegmentBytes, maxSegmentEntries } from "../core/limits.ts";
import { ActiveLog } from "./audit_active.ts";
import type { CreateAuditOptions } from "./audit_create.ts";
import { AuditLock } from "./audit_lock.ts";
import type { AuditOptions } from "./audit_options.ts";
import type { KeyChangeRequest } from "./audit_rotate.ts";
import { type AuditRotation, RotationNeeded } from "./audit_rotation.ts";
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

/** A line takes at least this much: fewer bytes cannot be too many entries. */
const minLineBytes = 256;

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
  readonly #active: ActiveLog;
  readonly #lock: AuditLock;
  #digest: { readonly state: EngineState; readonly text: string } | null = null;
  #firstSeq: { readonly seg: number; readonly seq: number } | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: AuditOptions) {
    this.#options = options;
    this.#active = new ActiveLog(options);
    const timeoutMs = options.lockTimeoutMs ?? lockTimeoutMs;
    this.#lock = new AuditLock(`${options.sidePath}/lock`, { timeoutMs, canWrite: true });
  }

  /** Once, before anything else. */
  start(): Promise<void> {
    return this.#hold(() => this.#active.start());
  }

  /**
   * Runs `build` on the freshest state, under the lock, and makes its events durable. Law A3: it
   * resolves only when they are. No events, nothing written.
   *
   * @throws {EngineError} `audit_busy`; `audit_unwritable`, and from then on always: what a failed
   *   write left is unknown until the log is opened anew; `event_invalid`, with nothing written;
   *   the tamper codes; and whatever `build` throws.
   */
  async transact<T>(
    build: (view: AuditView) => AuditPlan<T>,
  ): Promise<{ readonly result: T; readonly receipts: readonly Receipt[] }> {
    this.#refuseUnusable();
    return await this.#hold(() => {
      this.#refuseUnusable();
      this.#active.catchUp();
      const { events, result } = build(this.#view());
      return { result, receipts: events.length === 0 ? [] : this.#active.append(events) };
    });
  }

  /** `KID.EPOCH` of the entries it would write now. */
  get key(): string {
    return `${this.#active.keys.kid}.${this.#active.keys.epoch}`;
  }

  /** Whether the segment has reached its size. */
  get isFull(): boolean {
    const { bytes, entries } = this.#options.segmentLimits ??
      { bytes: maxSegmentBytes, entries: maxSegmentEntries };
    const { head } = this.#active.position;
    if (head.sizeBytes >= bytes) return true;
    if (head.sizeBytes < entries * minLineBytes) return false;
    return head.seq - this.#readFirstSeq() >= entries;
  }

  /**
   * Seals the segment and begins the next. The long part, verifying what is to be sealed, needs no
   * lock; callers are served meanwhile.
   *
   * @param change A new root secret to go on with; the ring leads from it.
   * @returns False when another process was faster.
   * @throws {EngineError} `audit_tampered` when an entry does not verify any more: nothing is sealed
   *   then; and as `transact`.
   */
  async rotate(change: KeyChangeRequest | null = null): Promise<boolean> {
    const { sealSegment } = await import("./audit_seal.ts");
    const rotation = await this.#loadRotation();
    return await sealSegment(this.#active, {
      hold: (body) =>
        this.#hold(() => {
          this.#refuseUnusable();
          this.#active.catchUp();
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
   * Makes head and mark as durable as the log itself already is. Without it a power cut may leave
   * them older than the log, which the next opening takes for what it is; never newer.
   */
  flush(): void {
    try {
      this.#active.slots.sync();
    } catch (error) {
      throw unwritable(error);
    }
  }

  /** Waits for the transaction that runs, refuses those that wait. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#active.refuseFrom(unwritable("it was closed"));
    await this.#lock.close();
    this.#active[Symbol.dispose]();
  }

  #refuseUnusable(): void {
    if (this.#active.unusable !== null) throw this.#active.unusable;
  }

  /** As AuditLock.hold; loads what ends a segment when `body` comes upon one that has ended. */
  async #hold<T>(body: () => T): Promise<T> {
    try {
      return await this.#lock.hold(body);
    } catch (error) {
      if (!(error instanceof RotationNeeded)) throw error;
    }
    this.#active.rotation = await this.#loadRotation();
    return await this.#lock.hold(body);
  }

  async #loadRotation(): Promise<AuditRotation<ActiveLog>> {
    if (this.#active.rotation !== null) return this.#active.rotation;
    const { createRotation } = await import("./audit_rotate.ts");
    const { startNativeHash } = await import("./native_hash.ts");
    return createRotation(startNativeHash);
  }

  #readFirstSeq(): number {
    const { seg } = this.#active;
    if (this.#firstSeq?.seg !== seg) this.#firstSeq = { seg, seq: this.#active.readFirstSeq() };
    return this.#firstSeq.seq;
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
