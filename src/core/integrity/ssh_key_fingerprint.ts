/**
 * Public keys as people compare them.
 *
 * @module
 */
import type { Sha256 } from "../ports.ts";
import type { SshKey } from "./ssh_key.ts";
import { fingerprintOf } from "./ssh_public_key.ts";

/** `SHA256:` and the blob's hash in base64 without padding, as `ssh-keygen -l` shows it. */
export function sshKeyFingerprint(key: SshKey, sha256: Sha256): string {
  return fingerprintOf(key.blob, sha256);
}
