/**
 * Public keys of signed notes, by name (C2SP signed-note, "Signatures" and "Verifier keys").
 *
 * @module
 */
import { encodeBase64 } from "@std/encoding/base64";
import { encodeHex } from "@std/encoding/hex";
import { EngineError } from "../errors.ts";
import { parseBase64 } from "./parse_base64.ts";
import { sha256 } from "./sha256.ts";

/** Signature type: Ed25519 over the note's text. */
const ed25519Type = 0x01;
const publicKeyBytes = 32;

/** An Ed25519 key that signs notes. */
export interface VerifierKey {
  readonly name: string;
  /** First 4 bytes of SHA-256(name || 0x0a || 0x01 || public key): 8 hex digits. */
  readonly keyId: string;
  /** Raw, 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** Whether a key may have the name: not empty, no Unicode space, plus or ASCII control character. */
export function isKeyName(name: string): boolean {
  // deno-lint-ignore no-control-regex -- control characters are what is refused
  return /^[^\p{White_Space}+\p{Surrogate}\u0000-\u001f]+$/u.test(name);
}

/** @throws {EngineError} `internal` for a name or key that is none. */
export function createVerifierKey(name: string, publicKey: Uint8Array): VerifierKey {
  if (!isKeyName(name) || publicKey.length !== publicKeyBytes) {
    throw new EngineError("internal", "Cannot name a key: got a malformed name or key");
  }
  const head = new TextEncoder().encode(`${name}\n`);
  const preimage = Uint8Array.of(...head, ed25519Type, ...publicKey);
  return { name, keyId: encodeHex(sha256(preimage).subarray(0, 4)), publicKey };
}

/** `NAME+KEYID+BASE64`, the form that other tools for notes take too. */
export function encodeVerifierKey({ name, keyId, publicKey }: VerifierKey): string {
  return `${name}+${keyId}+${encodeBase64(Uint8Array.of(ed25519Type, ...publicKey))}`;
}

/** The key; null for another type, an ID that is not the key's own, or any other text. Total. */
export function parseVerifierKey(text: string): VerifierKey | null {
  const [, name = "", keyId, base64 = ""] = /^([^+]+)\+([0-9a-f]{8})\+(.*)$/.exec(text) ?? [];
  const bytes = parseBase64(base64);
  if (!isKeyName(name) || bytes === null || bytes.length !== publicKeyBytes + 1) return null;
  if (bytes[0] !== ed25519Type) return null;
  const key = createVerifierKey(name, bytes.subarray(1));
  return key.keyId === keyId ? key : null;
}
