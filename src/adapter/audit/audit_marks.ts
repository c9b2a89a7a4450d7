/**
 * The four slots that remember where the log ended: two heads beside it, two marks outside the
 * workspace. Each pair is written in turns, so that a torn write leaves the other.
 *
 * @module
 */
import { TamperDetectedError } from "../../core/errors.ts";
import type { EpochKeys } from "../../core/audit/keys.ts";
import type { KnownHead } from "../../core/audit/log_report.ts";
import {
  encodeMark,
  type Mark,
  markBytes,
  type MarkReading,
  parseMark,
} from "../../core/audit/mark.ts";
import { type Access, RegularFile } from "./audit_disk.ts";
import type { AuditOptions } from "./audit_options.ts";

/** What the slots hold at one moment. */
export interface SlotReadings {
  readonly heads: readonly MarkReading[];
  readonly marks: readonly MarkReading[];
}

/** Open slots; one that is not there is null. */
export class MarkSlots implements Disposable {
  readonly #files: DisposableStack;
  readonly #heads: readonly (RegularFile | null)[];
  readonly #marks: readonly (RegularFile | null)[];
  readonly #options: AuditOptions;
  /** Of the newest pair, when it was written since the last sync. */
  #unsynced: number | null = null;
  /** The same files opened once more: one that is being synced cannot be written through. */
  #aside: MarkSlots | null = null;

  constructor(options: AuditOptions, access: Access) {
    this.#options = options;
    using files = new DisposableStack();
    const open = (path: string) => files.use(openSlot(path, access));
    this.#heads = [0, 1].map((slot) => open(`${options.sidePath}/head.${slot}`));
    this.#marks = [0, 1].map((slot) => open(`${options.markPath}/mark.${slot}`));
    this.#files = files.move();
  }

  read(): SlotReadings {
    const read = (file: RegularFile | null, slot: number): MarkReading => {
      if (file === null) return { kind: "missing" };
      // One byte more than a record: a longer file is not one.
      const bytes = file.readAt(0, markBytes + 1);
      const { logId, ring, hmac } = this.#options;
      const reading = parseMark(bytes, logId, ring, hmac);
      // SECURITY: the older of a pair, copied over the newer, would let the log end earlier.
      const isMoved = reading.kind === "mark" && reading.mark.turn % 2 !== slot;
      return isMoved ? { kind: "damaged" } : reading;
    };
    return { heads: this.#heads.map(read), marks: this.#marks.map(read) };
  }

  /** Head first: the mark never knows more than what lies beside the log. Not synced. */
  write(mark: Omit<Mark, "kid" | "epoch">, keys: EpochKeys): void {
    const bytes = encodeMark(mark, keys, this.#options.hmac);
    const slot = mark.turn % 2;
    this.#heads[slot]?.writeAt(0, bytes);
    this.#marks[slot]?.writeAt(0, bytes);
    this.#unsynced = slot;
  }

  /** @throws {TamperDetectedError} When a slot was removed or replaced since it was opened. */
  confirm(): void {
    for (const file of [...this.#heads, ...this.#marks]) file?.sizeBytes();
  }

  /** The newest pair: what the older one holds on the disk is older still, or damaged. */
  sync(): void {
    if (this.#unsynced === null) return;
    const slot = this.#unsynced;
    this.#unsynced = null;
    this.#heads[slot]?.sync();
    this.#marks[slot]?.sync();
  }

  /** As sync, but on another thread: nobody who appends meanwhile waits for it. */
  async syncAside(): Promise<void> {
    if (this.#unsynced === null) return;
    const slot = this.#unsynced;
    this.#aside ??= new MarkSlots(this.#options, "read");
    this.#unsynced = null;
    await this.#aside.#heads[slot]?.syncAside();
    await this.#aside.#marks[slot]?.syncAside();
  }

  [Symbol.dispose](): void {
    this.#aside?.[Symbol.dispose]();
    this.#files.dispose();
  }
}

function openSlot(path: string, access: Access): RegularFile | null {
  try {
    return new RegularFile(path, access);
  } catch (error) {
    if (error instanceof TamperDetectedError && error.code === "audit_missing") return null;
    throw error;
  }
}

/** The newest record among the readings; null when none verifies. */
export function newestMark({ heads, marks }: SlotReadings): Mark | null {
  let newest: Mark | null = null;
  for (const reading of [...heads, ...marks]) {
    if (reading.kind !== "mark") continue;
    if (newest === null || reading.mark.turn > newest.turn) newest = reading.mark;
  }
  return newest;
}

/** Every head the readings vouch for. */
export function knownHeads({ heads, marks }: SlotReadings): readonly KnownHead[] {
  return [...heads, ...marks].flatMap((reading) =>
    reading.kind === "mark" ? [{ ...reading.mark.head, seg: reading.mark.epoch }] : []
  );
}
