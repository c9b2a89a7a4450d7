/**
 * SHA-256 of a whole file, piece by piece.
 *
 * @module
 */
import type { StartHash } from "../../core/ports.ts";
import type { RegularFile } from "./audit_disk.ts";

const pieceBytes = 1_048_576;

/** Of the first `sizeBytes` of a file: 32 bytes. */
export function hashFile(file: RegularFile, sizeBytes: number, start: StartHash): Uint8Array {
  const hash = start();
  const piece = new Uint8Array(Math.min(pieceBytes, sizeBytes));
  for (let offset = 0; offset < sizeBytes; offset += piece.length) {
    const count = file.readInto(piece.subarray(0, sizeBytes - offset), offset);
    hash.update(piece.subarray(0, count));
  }
  return hash.digest();
}
