/**
 * The keys of a log, derived from its root secret. SPEC.md, "Keys".
 *
 * @module
 */
import { decodeHex, encodeHex } from "@std/encoding/hex";
import type { HmacSha256 } from "../ports.ts";

/** Keys of one epoch of one log. Another log has others, even under the same secret. */
export interface EpochKeys {
  readonly kid: string;
  readonly epoch: number;
  /** MACs lines. */
  readonly entryKey: Uint8Array;
  /** MACs head slots and marks. */
  readonly headKey: Uint8Array;
}

const encoder = new TextEncoder();

/**
 * HKDF with SHA-256, RFC 5869.
 *
 * @param lengthBytes At most 255 * 32.
 */
export function deriveHkdf(
  input: { readonly key: Uint8Array; readonly salt: Uint8Array; readonly info: Uint8Array },
  lengthBytes: number,
  hmac: HmacSha256,
): Uint8Array {
  const pseudoRandomKey = hmac(input.salt, input.key);
  const output = new Uint8Array(lengthBytes);
  let block = new Uint8Array();
  for (let counter = 1, filled = 0; filled < lengthBytes; counter++) {
    block = Uint8Array.from(
      hmac(pseudoRandomKey, Uint8Array.from([...block, ...input.info, counter])),
    );
    output.set(block.subarray(0, lengthBytes - filled), filled);
    filled += block.length;
  }
  return output;
}

/**
 * The secret of one epoch: those of later epochs follow from it, those of earlier ones do not.
 * SECURITY: whoever takes it can write the epoch's lines and all later ones, and none before.
 */
export interface EpochSecret {
  /** 8 hex digits; names the root secret the epochs descend from. */
  readonly kid: string;
  readonly epoch: number;
  /** 32 bytes. */
  readonly secret: Uint8Array;
}

/**
 * The first epoch of a log.
 *
 * @param rootSecret At least minAuditSecretBytes; the caller has checked it.
 * @param logId 32 hex digits: the salt, so that no line is valid in two logs.
 */
export function firstEpoch(rootSecret: Uint8Array, logId: string, hmac: HmacSha256): EpochSecret {
  const input = { key: rootSecret, salt: decodeHex(logId), info: encoder.encode("audit/v1/epoch") };
  const secret = deriveHkdf(input, 32, hmac);
  const kid = encodeHex(hmac(secret, encoder.encode("audit/v1/kid"))).slice(0, 8);
  return { kid, epoch: 0, secret };
}

/** A later epoch, one HMAC for each step; `epoch` is at least `from.epoch`. */
export function evolveEpoch(from: EpochSecret, epoch: number, hmac: HmacSha256): EpochSecret {
  let { secret } = from;
  for (let i = from.epoch; i < epoch; i++) secret = hmac(secret, encoder.encode("audit/v1/evolve"));
  return { kid: from.kid, epoch, secret };
}

/** The keys an epoch's secret stands for. */
export function keysOfEpoch({ kid, epoch, secret }: EpochSecret, hmac: HmacSha256): EpochKeys {
  return {
    kid,
    epoch,
    entryKey: hmac(secret, encoder.encode("audit/v1/entry")),
    headKey: hmac(secret, encoder.encode("audit/v1/head")),
  };
}

/**
 * What the last entries under an old root secret say of the new one, so that nobody else's can take
 * its place: 64 hex digits that tell nothing of the secret.
 */
export function commitEpoch({ secret }: EpochSecret, hmac: HmacSha256): string {
  return encodeHex(hmac(secret, encoder.encode("audit/v1/commit")));
}

/** Keys of one epoch of a root secret's line; see firstEpoch. */
export function deriveEpochKeys(
  rootSecret: Uint8Array,
  logId: string,
  epoch: number,
  hmac: HmacSha256,
): EpochKeys {
  return keysOfEpoch(evolveEpoch(firstEpoch(rootSecret, logId, hmac), epoch, hmac), hmac);
}
