/**
 * The secret of an authenticator app as people and files give it.
 *
 * @module
 */
import { EngineError, toEngineError } from "../errors.ts";
import { parseSecret } from "../integrity/parse_secret.ts";
import { minTotpSecretBytes } from "../limits.ts";

const encoder = new TextEncoder();

/** Periods of the secrets in examples: JBSWY3DPEHPK3PXP, the digits of RFC 6238, one byte. */
const maxRepeatedBytes = 10;

/**
 * Reads a secret: `hex:` and `base32:` as their prefix says, base32 without one; one newline at the
 * end is no part of it.
 *
 * @param name Where it came from, for messages; no part of the value is ever in them.
 * @throws {EngineError} `secret_invalid` when it cannot be decoded whole, is well known, repeats
 *   itself, or has fewer than 20 bytes (RFC 4226 §4 recommends them).
 */
export function parseTotpSecret(given: Uint8Array, name: string): Uint8Array {
  const text = new TextDecoder("latin1").decode(given).replace(/\n$/, "");
  // SECURITY: some hex digits are base32 letters. What was meant as hex must not become another key.
  if (/^[0-9a-f]{32,}$/i.test(text)) {
    throw invalid(name, "hex without a prefix", "write hex: before it");
  }
  if (!isPrefixed(text) && !isWellKnown(text) && !base32Form.test(text)) {
    throw invalid(name, "not base32: wanted A-Z 2-7, or hex:...");
  }
  const hasPrefix = isPrefixed(text) || isWellKnown(text);
  const bytes = decode(hasPrefix ? given : encoder.encode(`base32:${text}\n`), name);
  const period = periodOf(bytes);
  if (period <= maxRepeatedBytes) throw invalid(name, `the same ${period} bytes again and again`);
  return bytes;
}

const isPrefixed = (text: string): boolean => /^(?:hex|base32):/.test(text);

/** As apps show it: any case, blanks and dashes, padded or not. Whether it is whole, the decoder says. */
const base32Form = /^[A-Za-z2-7\s=-]+$/;

/** Left as it is, it is refused by its name and not as base32 that is none. */
function isWellKnown(text: string): boolean {
  return text === "default-totp-secret" || text === "default-secret";
}

function decode(given: Uint8Array, name: string): Uint8Array {
  try {
    return parseSecret(given, { name, minBytes: minTotpSecretBytes });
  } catch (error) {
    const { code, message } = toEngineError(error);
    throw new EngineError(code, message, { hint, cause: error });
  }
}

/** After how many bytes the secret begins anew; its length when it never does. */
function periodOf(bytes: Uint8Array): number {
  for (let period = 1; period < bytes.length; period++) {
    if (bytes.every((byte, i) => i < period || byte === bytes[i - period])) return period;
  }
  return bytes.length;
}

const hint = "make one with: echo hex:$(openssl rand -hex 20); or enrol: sealward override enroll";

function invalid(name: string, what: string, advice = hint): EngineError {
  return new EngineError("secret_invalid", `Cannot use the secret in ${name}: it is ${what}`, {
    hint: advice,
  });
}
