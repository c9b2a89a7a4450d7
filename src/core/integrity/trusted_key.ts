/**
 * A public key that somebody trusts to sign policies.
 *
 * @module
 */

export interface TrustedKey {
  /** Raw Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** As `ssh-keygen -l` shows it: `SHA256:` and base64 without padding. */
  readonly fingerprint: string;
  /** What stands behind the key, for people. */
  readonly comment: string;
}
