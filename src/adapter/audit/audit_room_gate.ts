/**
 * What room an open log finds before it writes. As long as there is enough, looking is all it costs.
 *
 * @module
 */
import type { ActiveLog } from "./audit_active.ts";
import type { AuditOptions } from "./audit_options.ts";
import { readRoom, type Room, RoomNeeded, type RoomUse } from "./audit_reserve.ts";
import type { AuditRoom, refuseForRoom } from "./audit_room.ts";
import type { AuditRotation } from "./audit_rotation.ts";

/** What there is of audit_room.ts once there is little room. */
interface LoadedRoom {
  readonly room: AuditRoom;
  readonly refuse: typeof refuseForRoom;
}

/** Everything but `load` and `giveUp` is called under the log's lock. */
export class RoomGate {
  readonly #options: AuditOptions;
  /** What there was when the transaction that runs began. */
  #seen: Room = "enough";
  #loaded: LoadedRoom | null = null;

  constructor(options: AuditOptions) {
    this.#options = options;
  }

  look(): void {
    this.#seen = readRoom(this.#options.sidePath);
  }

  /** Looks, and takes back room where there is some. @throws {RoomNeeded} `load` must come first. */
  begin(active: ActiveLog): void {
    this.look();
    if (this.#seen === "enough") return;
    if (this.#loaded === null) throw new RoomNeeded();
    this.#seen = this.#loaded.room.restore(active, this.#seen);
  }

  /** @throws {EngineError} `audit_full`. */
  require(use: RoomUse): void {
    if (this.#seen !== "enough") this.#loaded?.refuse(this.#options, this.#seen, use);
  }

  async load(): Promise<void> {
    const { AuditRoom, refuseForRoom } = await import("./audit_room.ts");
    this.#loaded = { room: new AuditRoom(), refuse: refuseForRoom };
  }

  /** Prepares what is to be done, under the lock, after a write failed for want of room. */
  async giveUp(error: unknown, rotation: AuditRotation<ActiveLog>): Promise<() => void> {
    const seen = this.#seen;
    const { giveUpReserve } = await import("./audit_room.ts");
    return () => giveUpReserve(this.#options, { seen, error }, rotation);
  }
}
