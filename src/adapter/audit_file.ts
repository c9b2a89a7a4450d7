/**
 * The log on disk: the engine's only memory, and the only thing it writes.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { emptyHead } from "../core/audit/chain.ts";
import type { Entry, Head, NewEvent, Receipt } from "../core/audit/entry.ts";
import { deriveEpochKeys, type EpochKeys } from "../core/audit/keys.ts";
import {
  followLines,
  linkBatch,
  type Position,
  snapshotDigest,
  snapshotOf,
} from "../core/audit/link_batch.ts";
import { judgeLog, type LogReport, toLogError } from "../core/audit/log_report.ts";
import { emptyState, type EngineState } from "../core/audit/state.ts";
import { EngineError, oneLine } from "../core/errors.ts";
import { lockTimeoutMs } from "../core/limits.ts";
import { createAuditFiles, type CreateAuditOptions } from "./audit_create.ts";
import { RegularFile, writeDurable } from "./audit_disk.ts";
import { AuditLock } from "./audit_lock.ts";
import { knownHeads, MarkSlots, newestMark, type SlotReadings } from "./audit_marks.ts";
import type { AuditOptions } from "./audit_options.ts";
import { readAuditFile, verifyAuditFile } from "./audit_report.ts";
import { StateStore } from "./audit_states.ts";
import { checkLine, confirmEnd, type Walk, type WalkEnd, walkLog } from "./audit_walk.ts";

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

const beforeGenesis: Position = { head: emptyHead, base: emptyHead, state: emptyState };

interface Parts {
  readonly options: AuditOptions;
  readonly keys: EpochKeys;
  readonly lock: AuditLock;
  readonly log: RegularFile;
  readonly slots: MarkSlots;
  readonly states: StateStore;
  /** Log and slots, to be closed. */
  readonly files: DisposableStack;
}

/**
 * Opens a log that createAuditFile made: verifies from the newest snapshot to the end, whatever
 * the log's size, and repairs a torn end by quarantine and an `audit.recovery` entry.
 *
 * @throws {EngineError} `audit_tampered`, `audit_rollback`, `audit_missing`, `audit_foreign`,
 *   `audit_unverifiable` (another secret), `audit_busy`, `audit_unwritable`, `audit_unreadable`.
 */
export async function openAuditFile(options: AuditOptions): Promise<AuditFile> {
  const file = new AuditFile(openParts(options));
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
  createAuditFiles(options);
  return await openAuditFile(options);
}

/** An open log; openAuditFile and createAuditFile make it. */
export class AuditFile {
  readonly #parts: Parts;
  #position: Position = beforeGenesis;
  #turn = 0;
  #digest: { readonly state: EngineState; readonly text: string } | null = null;
  /** Why nothing more may be written. */
  #unusable: string | null = null;
  #closing: Promise<void> | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Once, before anything else. */
  start(): Promise<void> {
    return this.#parts.lock.hold(() => this.#start());
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
    return await this.#parts.lock.hold(() => {
      this.#refuseUnusable();
      this.#catchUp();
      const { events, result } = build(this.#view());
      return { result, receipts: events.length === 0 ? [] : this.#append(events) };
    });
  }

  /** Entries from genesis on, verified; see readAuditFile. */
  readVerified(fromSeq = 0): AsyncGenerator<Entry, void> {
    return readAuditFile(this.#parts.options, this.#position.head, fromSeq);
  }

  /** Verifies the whole log; see verifyAuditFile. */
  verifyAll(): Promise<LogReport> {
    return verifyAuditFile(this.#parts.options, this.#position.head);
  }

  /**
   * Makes head and mark as durable as the log itself already is. Without it a power cut may leave
   * them older than the log, which the next opening takes for what it is; never newer.
   */
  flush(): void {
    try {
      this.#parts.slots.sync();
    } catch (error) {
      throw unwritable(reasonOf(error), error);
    }
  }

  /** Waits for the transaction that runs, refuses those that wait. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#unusable ??= "it was closed";
    await this.#parts.lock.close();
    this.#parts.files.dispose();
  }

  #refuseUnusable(): void {
    if (this.#unusable !== null) throw unwritable(this.#unusable);
  }

  #start(): void {
    const readings = this.#parts.slots.read();
    const base = newestMark(readings)?.base ?? emptyHead;
    try {
      this.#position = this.#restore(this.#walk(base, readings)) ?? beforeGenesis;
      this.#follow();
    } catch (error) {
      // Another log fails anywhere; its first line says so in so many words.
      const genesis = checkLine(this.#walk(emptyHead, readings));
      if (genesis.finding !== null) this.#judge(genesis, readings);
      throw error;
    }
  }

  /** The position a snapshot entry stands for; null when the log must be read from genesis. */
  #restore(walk: Walk): Position | null {
    const { header } = checkLine(walk);
    const digest = header === null ? null : snapshotDigest(header);
    const state = digest === null ? null : this.#parts.states.read(digest);
    return state === null ? null : { head: walk.from, base: walk.from, state };
  }

  #catchUp(): void {
    const { log } = this.#parts;
    const { head } = this.#position;
    const sizeBytes = log.sizeBytes();
    confirmEnd(log, head);
    this.#parts.slots.confirm();
    if (sizeBytes !== head.sizeBytes) this.#follow();
  }

  /** Verifies and folds what others appended; repairs what a killed writer left. */
  #follow(): void {
    const readings = this.#parts.slots.read();
    const walk = walkLog(this.#walk(this.#position.head, readings));
    let position = this.#position;
    let step = walk.next();
    for (; !step.done; step = walk.next()) position = followLines(position, step.value);
    this.#judge(step.value, readings);
    const newest = newestMark(readings);
    this.#position = position;
    this.#turn = newest?.turn ?? 0;
    if (step.value.fragmentBytes > 0) this.#recover(step.value.fragmentBytes);
    else if (newest !== null && newest.head.seq < position.head.seq) {
      // Whoever wrote these was killed before head and mark, perhaps before the sync.
      this.#orPoison(() => this.#parts.log.sync());
      this.#remember();
    }
  }

  /** Throws unless the end of a walk is one to go on from. */
  #judge(end: WalkEnd, readings: SlotReadings): void {
    const known = [...knownHeads(readings), this.#position.head];
    const { logId } = this.#parts.options;
    const error = toLogError(judgeLog({ ...end, ...readings, known, logId }));
    if (error !== null) throw error;
  }

  #walk(from: Head, readings: SlotReadings): Walk {
    const { log, keys, options } = this.#parts;
    const known = knownHeads(readings);
    return { log, from, sizeBytes: log.sizeBytes(), keys, hmac: options.hmac, known };
  }

  /** Keeps the torn bytes as evidence, cuts them off, and says so in the log. */
  #recover(fragmentBytes: number): void {
    const { log, options } = this.#parts;
    const { head } = this.#position;
    const fragment = log.readAt(head.sizeBytes, fragmentBytes);
    const sha256 = encodeHex(options.sha256(fragment));
    writeDurable(`${options.sidePath}/quarantine`, sha256, fragment);
    this.#orPoison(() => log.truncate(head.sizeBytes));
    const details = { bytes: fragmentBytes, sha256, last_seq: head.seq };
    this.#append([{ type: "audit.recovery", severity: "HIGH", details }]);
  }

  #view(): AuditView {
    const { state, head } = this.#position;
    if (this.#digest?.state !== state) {
      const { digest } = snapshotOf(state, this.#parts.options.sha256);
      this.#digest = { state, text: `sha256:${digest}` };
    }
    return { state, stateDigest: this.#digest.text, head };
  }

  /** Law A3: the receipts exist only after the data is on the disk. */
  #append(events: readonly NewEvent[]): readonly Receipt[] {
    const { log, states, keys, options } = this.#parts;
    const batch = linkBatch(events, this.#position, { ...options, keys });
    for (const snapshot of batch.snapshots) states.write(snapshot);
    this.#orPoison(() => {
      log.append(batch.bytes);
      log.sync();
    });
    this.#position = batch.after;
    this.#remember();
    return batch.receipts;
  }

  #remember(): void {
    const { slots, options } = this.#parts;
    const { head, base } = this.#position;
    this.#turn++;
    this.#orPoison(() => slots.write({ logId: options.logId, turn: this.#turn, head, base }));
  }

  /**
   * A write or sync that failed is never tried again: the kernel may have dropped the pages and
   * would then report success for data that is not there.
   */
  #orPoison(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#unusable = reasonOf(error);
      throw unwritable(this.#unusable, error);
    }
  }
}

function openParts(options: AuditOptions): Parts {
  const keys = deriveEpochKeys(options.rootSecret, options.logId, 0, options.hmac);
  using opened = new DisposableStack();
  const log = opened.use(new RegularFile(options.logPath, "append"));
  const slots = opened.use(new MarkSlots(options, keys, "update"));
  const timeoutMs = options.lockTimeoutMs ?? lockTimeoutMs;
  const lock = new AuditLock(`${options.sidePath}/lock`, { timeoutMs, canWrite: true });
  const states = new StateStore(`${options.sidePath}/state`, options.sha256);
  return { options, keys, lock, log, slots, states, files: opened.move() };
}

function reasonOf(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : String(error));
}

function unwritable(reason: string, cause?: unknown): EngineError {
  return new EngineError("audit_unwritable", `Cannot write the audit log: ${reason}`, {
    hint: "look for a full or failing disk, then open the log again",
    cause,
  });
}
