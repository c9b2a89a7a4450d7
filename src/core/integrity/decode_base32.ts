/**
 * Base32 (RFC 4648 §6) as people hand it around. Strict where a lenient reader would make another,
 * shorter key of it.
 *
 * @module
 */

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * Decodes; case, blanks and dashes aside, padding whole or left out.
 *
 * @returns Null for nothing, a letter outside the alphabet (0, 1, 8, 9 are), padding of a wrong
 *   length or place, a number of letters that no bytes encode to, or bits left over that are not 0.
 */
export function decodeBase32(text: string): Uint8Array | null {
  // Not by /i or after toUpperCase(): that makes letters of what is none, "ı" for one.
  const [, given = "", padding = ""] = /^([A-Za-z2-7]+)(=*)$/.exec(text.replace(/[ -]/g, "")) ?? [];
  const letters = given.toUpperCase();
  const rest = letters.length % 8;
  const isWhole = letters !== "" && rest !== 1 && rest !== 3 && rest !== 6;
  if (!isWhole || (padding !== "" && padding.length !== (8 - rest) % 8)) return null;
  const bytes = new Uint8Array(Math.floor(letters.length * 5 / 8));
  let bits = 0;
  let count = 0;
  let filled = 0;
  for (const letter of letters) {
    bits = (bits << 5 | alphabet.indexOf(letter)) & 0xfff;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes[filled++] = bits >> count;
  }
  return (bits & ((1 << count) - 1)) === 0 ? bytes : null;
}
