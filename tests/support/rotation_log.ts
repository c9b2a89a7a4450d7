/** The three ways a segment ends: as it is, under another root secret, and without a root secret. */
import { createAuditFile } from "../../src/adapter/audit/audit_file.ts";
import { readEpochKey, writeEpochKey } from "../../src/adapter/audit/audit_epoch_key.ts";
import type { AuditOptions } from "../../src/adapter/audit/audit_options.ts";
import type { KeyChangeRequest } from "../../src/adapter/audit/audit_rotate.ts";
import { KeyRing } from "../../src/core/audit/key_ring.ts";
import { firstEpoch } from "../../src/core/audit/keys.ts";
import { append, auditOptions, note } from "./audit_folder.ts";
import { hmacSha256, logId, rootSecret } from "./audit_log.ts";

export const rotations = ["plain", "key", "forward_secure"] as const;
export type Rotation = typeof rotations[number];

const secondSecret = Uint8Array.from({ length: 32 }, (_, i) => 100 + i);

/** With the keys that are there now. */
export function rotationOptions(folder: string, kind: Rotation): AuditOptions {
  if (kind === "plain") return auditOptions(folder);
  if (kind === "key") {
    const ring = KeyRing.ofRoots([secondSecret, rootSecret], logId, hmacSha256);
    return auditOptions(folder, { ring });
  }
  const base = auditOptions(folder, { isForwardSecure: true });
  const epoch = readEpochKey(base.markPath, logId) ?? firstEpoch(rootSecret, logId, hmacSha256);
  return { ...base, ring: KeyRing.ofEpoch(epoch, [], logId, hmacSha256) };
}

/** What AuditFile.rotate() is asked for. */
export function changeOf(kind: Rotation): KeyChangeRequest | null {
  if (kind !== "key") return null;
  const { kid } = firstEpoch(secondSecret, logId, hmacSha256);
  return { to: kid, principal: "uid:1", reason: "test" };
}

/** Keys of whoever has every secret. */
export function auditorOptions(folder: string, kind: Rotation): AuditOptions {
  if (kind !== "forward_secure") return rotationOptions(folder, kind);
  return auditOptions(folder);
}

/** A closed log of genesis and `count` notes. */
export async function makeRotationLog(
  folder: string,
  kind: Rotation,
  count: number,
): Promise<void> {
  const options = rotationOptions(folder, kind);
  const file = await createAuditFile({ ...options, genesis: { tool: "test" } });
  if (kind === "forward_secure") {
    writeEpochKey(options.markPath, logId, firstEpoch(rootSecret, logId, hmacSha256));
  }
  await append(file, ...Array(count).fill(note));
  await file.close();
}
