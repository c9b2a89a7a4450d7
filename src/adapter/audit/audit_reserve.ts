/**
 * The two files that hold room for the log on a disk that fills up. That they stand is all a writer
 * looks at; what happens when they do not is loaded only then. SPEC.md, "Disk full".
 *
 * @module
 */
import { reserveBytes } from "../../core/limits.ts";
import { toPlaceError } from "./audit_disk.ts";

/** `low`: one of the two reserves is gone. `full`: neither stands whole. */
export type Room = "enough" | "low" | "full";

/** What a transaction may do when there is little room. */
export interface RoomUse {
  /** A human's command, which goes on when the disk is full and may use the last reserve. */
  readonly usesReserve?: boolean;
  /** Refused as soon as there is little: a caller's own event of low severity. */
  readonly isOptional?: boolean;
}

/** Thrown under the lock where there is little room; whoever holds the lock loads what follows. */
export class RoomNeeded extends Error {}

/** Where a reserve lies. */
export function reservePath(sidePath: string, index: 0 | 1): string {
  return `${sidePath}/reserve.${index}`;
}

/** Two lstats. @throws {EngineError} `audit_unreadable`. */
export function readRoom(sidePath: string): Room {
  const standing = Number(isReserve(sidePath, 0)) + Number(isReserve(sidePath, 1));
  if (standing === 2) return "enough";
  return standing === 1 ? "low" : "full";
}

/** Whether a whole reserve stands; what else stands at its place is none. */
export function isReserve(sidePath: string, index: 0 | 1): boolean {
  const path = reservePath(sidePath, index);
  try {
    const { isFile, size } = Deno.lstatSync(path);
    return isFile && size >= reserveBytes;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw toPlaceError(error, path, "audit_unreadable");
  }
}
