/**
 * Ten characters of a request's digest, which a person retypes: whoever approves has looked at this
 * request and at no other. SPEC.md, "The request".
 *
 * @module
 */
import type { Sha256 } from "../ports.ts";

const domain = "sealward-override-phrase/v1\0";
/** Crockford's: no I, L, O, U. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const phraseCharacters = 10;

/**
 * @param documentSha256 64 hex digits.
 * @returns `XXXXX-XXXXX`, 50 bits.
 */
export function codePhrase(documentSha256: string, sha256: Sha256): string {
  const hash = sha256(new TextEncoder().encode(`${domain}${documentSha256}`));
  let bits = 0n;
  for (const byte of hash.subarray(0, 7)) bits = (bits << 8n) | BigInt(byte);
  // The first 50 of 56.
  bits >>= 6n;
  let text = "";
  for (let at = 0; at < phraseCharacters; at++, bits >>= 5n) {
    text = `${alphabet[Number(bits & 31n)]}${text}`;
  }
  return `${text.slice(0, 5)}-${text.slice(5)}`;
}

/** Whether a person retyped it: case, hyphens and blanks aside, and letters that look like digits. */
export function isPhrase(typed: string, phrase: string): boolean {
  if (typed.length > 64) return false;
  const folded = typed.toUpperCase().replace(/[-\s]/g, "").replace(/[IL]/g, "1").replace(/O/g, "0");
  return folded === phrase.replace("-", "");
}
