/**
 * A public key of any kind whose signatures count somewhere.
 *
 * @module
 */

export const sshKeyKinds = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ssh-rsa",
  "sk-ssh-ed25519@openssh.com",
  "sk-ecdsa-sha2-nistp256@openssh.com",
] as const;
export type SshKeyKind = typeof sshKeyKinds[number];

/** As a line of `authorized_keys` holds it. */
export interface SshKey {
  readonly kind: SshKeyKind;
  /** The whole key in SSH's wire form; two keys are one when these bytes are. */
  readonly blob: Uint8Array;
  /** For people; never compared. */
  readonly comment: string;
}
