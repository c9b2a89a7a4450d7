/**
 * What checking an approval needs from the world.
 *
 * @module
 */
import type { Hmac } from "./totp.ts";

/** Who made a signature. */
export interface SignedBy {
  /** The whole key in SSH's wire form. */
  readonly keyBlob: Uint8Array;
  /** A security key, which somebody touched for it. */
  readonly hasPresence: boolean;
}

export interface OverrideTools {
  readonly hmac: Hmac;
  /** The seed of an enrolment. @throws {EngineError} `secret_missing`, `secret_unsafe`, `secret_invalid`. */
  readonly readSeed: (enrolmentId: string) => Uint8Array;
  /** Of SCALPEL_TOTP_SECRET(_FILE); null where none is set. @throws {EngineError} As readSeed. */
  readonly readUnnamedSeed: () => Uint8Array | null;
  /**
   * Who signed `message`, in an armored signature for the namespace of approvals; null for what is no
   * signature of it. Whether anybody trusts that key is not asked. Never throws.
   */
  readonly findSigner: (message: Uint8Array, armored: Uint8Array) => Promise<SignedBy | null>;
}
