/**
 * Patterns of single words (tools, principals, words of commands): `*` is any characters, also
 * none; nothing else means anything.
 *
 * @module
 */

/** True when the whole word matches. Linear in the word for each star. */
export function matchWord(pattern: string, word: string): boolean {
  if (pattern === "*") return true;
  if (!pattern.includes("*")) return word === pattern;
  const parts = pattern.split("*");
  const first = parts[0] ?? "";
  const last = parts.at(-1) ?? "";
  if (word.length < first.length + last.length) return false;
  if (!word.startsWith(first) || !word.endsWith(last)) return false;
  let at = first.length;
  const end = word.length - last.length;
  for (const part of parts.slice(1, -1)) {
    // The leftmost place leaves the most for what follows: no other need be tried.
    const found = word.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
