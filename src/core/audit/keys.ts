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
 * Keys of one epoch.
 *
 * @param rootSecret At least minAuditSecretBytes; the caller has checked it.
 * @param logId 32 hex digits: the salt, so that no line is valid in two logs.
 * @param epoch Counts from 0; costs one HMAC each.
 */
export function deriveEpochKeys(
  rootSecret: Uint8Array,
  logId: string,
  epoch: number,
  hmac: HmacSha256,
): EpochKeys {
  const input = { key: rootSecret, salt: decodeHex(logId), info: encoder.encode("audit/v1/epoch") };
  const first = deriveHkdf(input, 32, hmac);
  let epochKey = first;
  for (let i = 0; i < epoch; i++) epochKey = hmac(epochKey, encoder.encode("audit/v1/evolve"));
  return {
    kid: encodeHex(hmac(first, encoder.encode("audit/v1/kid"))).slice(0, 8),
    epoch,
    entryKey: hmac(epochKey, encoder.encode("audit/v1/entry")),
    headKey: hmac(epochKey, encoder.encode("audit/v1/head")),
  };
}
