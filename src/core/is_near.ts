/**
 * Whether one word may be a mistyped other.
 *
 * @module
 */

/** Most letters in common, whatever the order: a typing mistake, not another word. */
export function isNear(word: string, near: string): boolean {
  const left = [...word.toLowerCase().replace(/^-+/, "")];
  const letters = [...near.replace(/^-+/, "")];
  const longest = Math.max(left.length, letters.length);
  const shared = letters.filter((letter) => {
    const index = left.indexOf(letter);
    if (index !== -1) left.splice(index, 1);
    return index !== -1;
  });
  return shared.length >= longest * 0.6;
}
