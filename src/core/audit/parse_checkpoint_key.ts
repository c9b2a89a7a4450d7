/**
 * The key a human gives to verify checkpoints with.
 *
 * @module
 */
import { parseBase64 } from "../integrity/parse_base64.ts";
import { parseVerifierKey, type VerifierKey } from "../integrity/verifier_key.ts";

/**
 * A C2SP verifier key, `NAME+KEYID+BASE64`, or a raw Ed25519 public key, 32 bytes in base64.
 *
 * @returns The key with its name, or the 32 bytes; null for anything else. Total.
 */
export function parseCheckpointKey(text: string): VerifierKey | Uint8Array | null {
  const raw = parseBase64(text);
  return raw?.length === 32 ? raw : parseVerifierKey(text);
}
