/**
 * When two public keys are one.
 *
 * @module
 */
import type { SshKey } from "./ssh_key.ts";

/** Whether kind and blob are the same; every key has one blob only (decodeSshKey). */
export function isSameSshKey(a: SshKey, b: SshKey): boolean {
  return a.kind === b.kind && a.blob.length === b.blob.length &&
    a.blob.every((byte, i) => byte === b.blob[i]);
}
