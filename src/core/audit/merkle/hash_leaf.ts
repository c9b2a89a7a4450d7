/**
 * Leaf hash of the log's tree (RFC 6962 section 2.1).
 *
 * @module
 */
import { sha256 } from "../../integrity/sha256.ts";

/**
 * SHA-256(0x00 || line).
 *
 * SECURITY: the prefix keeps leaves and nodes apart; without it a node would pass for an entry.
 *
 * @param line Raw bytes of one line, without its LF.
 * @returns 32 bytes.
 */
export function hashLeaf(line: Uint8Array): Uint8Array {
  const data = new Uint8Array(line.length + 1);
  data.set(line, 1);
  return sha256(data);
}
