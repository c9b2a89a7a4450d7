/**
 * Secret bytes as a human or a key store gives them.
 *
 * @module
 */
import { decodeHex } from "@std/encoding/hex";
import { EngineError } from "../errors.ts";
import { maxSecretBytes } from "../limits.ts";
import { decodeBase32 } from "./decode_base32.ts";

// The guide's defaults, and what people type instead of a secret.
const wellKnown = new Set(["default-secret", "default-totp-secret", "changeme", "secret"]);

/**
 * Reads a secret: the bytes given less one trailing newline; `hex:` and `base32:` prefixes decode.
 *
 * @param options `name` is for messages and never the value; `minBytes` counts decoded bytes.
 * @throws {EngineError} `secret_invalid` when well known, too short, too long, of one repeated
 *   byte, or not decodable. The message never shows any part of the value.
 */
export function parseSecret(
  given: Uint8Array,
  options: { readonly name: string; readonly minBytes: number },
): Uint8Array {
  if (given.length > maxSecretBytes) throw invalid(options.name, "more than 4096 bytes");
  const end = given.at(-1) === 0x0a ? given.length - 1 : given.length;
  const bytes = decodePrefixed(given.slice(0, end), options.name);
  if (wellKnown.has(new TextDecoder().decode(bytes))) {
    throw invalid(options.name, "a well-known default");
  }
  if (bytes.length < options.minBytes) {
    throw invalid(options.name, `${bytes.length} bytes: wanted at least ${options.minBytes}`);
  }
  if (bytes.every((byte) => byte === bytes[0])) throw invalid(options.name, "one repeated byte");
  return bytes;
}

function decodePrefixed(bytes: Uint8Array, name: string): Uint8Array {
  const text = new TextDecoder("latin1").decode(bytes);
  const decoded = text.startsWith("hex:")
    ? decodeHexText(text.slice(4).trim())
    : text.startsWith("base32:")
    ? decodeBase32(text.slice(7))
    : bytes;
  if (decoded === null) throw invalid(name, "not decodable after its prefix");
  return decoded;
}

function decodeHexText(text: string): Uint8Array | null {
  try {
    return decodeHex(text);
  } catch {
    return null;
  }
}

function invalid(name: string, what: string): EngineError {
  return new EngineError("secret_invalid", `Cannot use the secret in ${name}: it is ${what}`, {
    hint: "make one with: openssl rand -hex 32",
  });
}
