/**
 * HMAC for one-time codes by the runtime's own code. node:crypto takes 30 ms to load: only for people
 * who enrol or approve, never on the road of a decision.
 *
 * @module
 */
import { createHmac } from "node:crypto";
import type { TotpAlgorithm } from "../core/override/totp_parameters.ts";

const names = { SHA1: "sha1", SHA256: "sha256", SHA512: "sha512" } as const;

/** See core/override/totp.ts, Hmac. */
export function totpHmac(algorithm: TotpAlgorithm, key: Uint8Array, data: Uint8Array): Uint8Array {
  return new Uint8Array(createHmac(names[algorithm], key).update(data).digest());
}
