/**
 * What the log does on a disk that is filling up: gives up a reserve, says so in the log, refuses,
 * and takes the room back when there is some. Loaded only then. SPEC.md, "Disk full".
 *
 * @module
 */
import type { NewEvent } from "../../core/audit/entry.ts";
import { fullEvent, lowSpaceEvent, restoredEvent } from "../../core/audit/space.ts";
import { EngineError } from "../../core/errors.ts";
import { lastReserveBytes, reserveBytes, reserveRetryMs } from "../../core/limits.ts";
import { ActiveLog } from "./audit_active.ts";
import { RegularFile, removeIfThere, syncFolder, toPlaceError } from "./audit_disk.ts";
import { fullDiskCause } from "./audit_full_disk.ts";
import type { AuditOptions } from "./audit_options.ts";
import { isReserve, readRoom, reservePath, type Room, type RoomUse } from "./audit_reserve.ts";
import type { AuditRotation } from "./audit_rotation.ts";
import { randomBytes } from "../random.ts";

/** What one call of the system's generator gives. */
const pieceBytes = 65_536;

/** Room as one open log sees it. Everything here is called under the log's lock. */
export class AuditRoom {
  #nextTryMs = 0;

  /**
   * Tries to make what is missing, at most once a second, and says so in the log.
   *
   * @returns What there is now.
   */
  restore(active: ActiveLog, room: Room): Room {
    const nowMs = performance.now();
    if (nowMs < this.#nextTryMs) return room;
    this.#nextTryMs = nowMs + reserveRetryMs;
    const { sidePath } = active.options;
    const missing = ([0, 1] as const).filter((index) => !isReserve(sidePath, index));
    if (!tryMakeReserves(sidePath)) return room;
    active.append([restoredEvent(missing.map((index) => `reserve.${index}`))]);
    return "enough";
  }
}

/** @throws {EngineError} `audit_full` for what there is no room for; nothing was written then. */
export function refuseForRoom({ sidePath }: AuditOptions, room: Room, use: RoomUse): void {
  if (use.usesReserve === true) {
    // What is left of it is free for the write that follows.
    if (room === "full") removeIfThere(reservePath(sidePath, 1));
    return;
  }
  if (room === "full") throw full("nothing is decided until there is room");
  if (use.isOptional === true) throw full("events of low severity are not recorded");
}

function full(what: string): EngineError {
  return new EngineError("audit_full", `The disk of the audit log is full: ${what}`, {
    hint:
      "free some space, for instance with `sealward audit prune`; the log then goes on by itself",
  });
}

/**
 * Gives up one reserve after a write failed for want of room, reads the log anew, which cuts off what
 * the failed write left, and says what happened. Does nothing when somebody else was faster.
 *
 * @param seen What there was before the write.
 */
export function giveUpReserve(
  options: AuditOptions,
  failure: { readonly seen: Room; readonly error: unknown },
  rotation: AuditRotation<ActiveLog>,
): void {
  const { sidePath } = options;
  const { seen } = failure;
  if (readRoom(sidePath) !== seen) return;
  const event = release(sidePath, seen, fullDiskCause(failure.error) ?? "ENOSPC");
  using active = new ActiveLog(options);
  active.rotation = rotation;
  active.start();
  if (event !== null) active.append([event]);
  active.slots.sync();
}

/** @returns What to say about it; null when it was the last half. */
function release(sidePath: string, seen: Room, cause: string): NewEvent | null {
  if (seen === "full") {
    removeIfThere(reservePath(sidePath, 1));
    return null;
  }
  if (isReserve(sidePath, 0)) removeIfThere(reservePath(sidePath, 0));
  else cutLast(reservePath(sidePath, 1));
  return readRoom(sidePath) === "low" ? lowSpaceEvent(cause) : fullEvent(cause);
}

/** The rest stays for a human's command: whatever fills the disk would take it too. */
function cutLast(path: string): void {
  using file = new RegularFile(path, "update");
  file.truncate(lastReserveBytes);
  file.sync();
}

/**
 * Makes the reserves that are missing. There must be room for one more, or the next write would find
 * the disk full again.
 *
 * @returns False when there is not.
 */
function tryMakeReserves(sidePath: string): boolean {
  const temporary = (name: string) => `${sidePath}/.reserve.${name}.new`;
  const missing = ([1, 0] as const).filter((index) => !isReserve(sidePath, index));
  const names = [...missing.map(String), "spare"];
  try {
    for (const name of names) writeReserve(temporary(name));
    removeIfThere(temporary("spare"));
    for (const index of missing) moveReserve(temporary(`${index}`), reservePath(sidePath, index));
    syncFolder(sidePath);
    return true;
  } catch (error) {
    for (const name of names) removeIfThere(temporary(name));
    if (fullDiskCause(error) !== null) return false;
    throw error;
  }
}

/** A link or a FIFO in its place goes; a folder stays, and nothing is written. */
function moveReserve(from: string, to: string): void {
  try {
    Deno.renameSync(from, to);
  } catch (error) {
    if (fullDiskCause(error) !== null) throw error;
    throw toPlaceError(error, to, "audit_unwritable");
  }
}

/**
 * Makes both reserves of a new log.
 *
 * @throws When there is no room, or one is there.
 */
export function makeReserves(sidePath: string): void {
  for (const index of [1, 0] as const) writeReserve(reservePath(sidePath, index));
}

/** Of bytes that no file system packs: zeros may take no room, and give none back. */
function writeReserve(path: string): void {
  // SECURITY: a link planted under this name is removed, not followed.
  removeIfThere(path);
  using file = new RegularFile(path, "create");
  for (let bytes = 0; bytes < reserveBytes; bytes += pieceBytes) {
    file.append(randomBytes(pieceBytes));
  }
  file.sync();
}
