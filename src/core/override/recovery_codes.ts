/**
 * Codes for the day the phone is gone: shown once, kept as hashes, each good for one answer.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { sha256 } from "../integrity/sha256.ts";
import type { RandomBytes } from "../ports.ts";

/** Made with an enrolment. */
export const recoveryCodeCount = 10;
/** Of one code: nobody guesses it, so its hash needs no salt and no stretching. */
const recoveryCodeBytes = 16;
/** 128 bits in fives. */
const recoveryCodeLetters = 26;
/** As typed, with hyphens and blanks; nothing longer is looked at. */
const maxTypedCharacters = 100;

/** Douglas Crockford's base32: no I, L, O or U to misread. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const encoder = new TextEncoder();

/** New codes as they are shown: `XXXXX-XXXXX-XXXXX-XXXXX-XXXXXX`, 128 random bits each. */
export function createRecoveryCodes(randomBytes: RandomBytes): readonly string[] {
  return Array.from(
    { length: recoveryCodeCount },
    () => encodeCode(randomBytes(recoveryCodeBytes)).replace(/.{5}(?=.{6})/g, "$&-"),
  );
}

/** 5 bits a letter, highest first; the last letter has two bits of 0. */
function encodeCode(bytes: Uint8Array): string {
  let bits = bytes.reduce((all, byte) => all << 8n | BigInt(byte), 0n) << 2n;
  let letters = "";
  for (let i = 0; i < recoveryCodeLetters; i++, bits >>= 5n) {
    letters = `${alphabet[Number(bits & 31n)]}${letters}`;
  }
  return letters;
}

/**
 * The form a code is hashed in: capitals, without hyphens and blanks, I and L read as 1, O as 0.
 *
 * @returns Null when it cannot be a code.
 */
export function parseRecoveryCode(typed: unknown): string | null {
  if (typeof typed !== "string" || typed.length > maxTypedCharacters) return null;
  const letters = typed.replace(/[ -]/g, "");
  if (!/^[0-9A-TV-Za-tv-z]{26}$/.test(letters)) return null;
  return letters.toUpperCase().replace(/[IL]/g, "1").replace(/O/g, "0");
}

/**
 * What is kept of a code: SHA-256(`sealward-override-recovery/v1` ‖ 0 ‖ enrolment id ‖ 0 ‖ code),
 * hex. The id keeps a code of one enrolment from being looked for in another.
 *
 * @param code As typed. Text that is no code has a hash that no code has.
 */
export function recoveryHash(enrolmentId: string, code: unknown): string {
  const parts = ["sealward-override-recovery/v1", enrolmentId, parseRecoveryCode(code) ?? ""];
  return encodeHex(sha256(encoder.encode(parts.join("\0"))));
}
