/**
 * When two spellings count as the same name. Patterns and paths go through the same fold.
 *
 * @module
 */

/**
 * Characters no path or pattern may contain: a reader does not see them, or the text was not
 * Unicode to begin with. Controls, lone surrogates, line separators, direction overrides,
 * zero-width and other ignorable characters, non-characters and the replacement character.
 */
export const unreadableCharacter =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Noncharacter_Code_Point}\ufffd]/u;

const ignorable = /\p{Default_Ignorable_Code_Point}/gu;

/**
 * The spelling that is compared: compatibility-composed (NFKC, UAX #15), without ignorable
 * characters, without case. Case goes up and then down, so that sharp s equals `ss` and every
 * sigma is one letter, as on the most forgiving disks.
 */
export function foldForMatching(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  const composed = text.normalize("NFKC").replace(ignorable, "");
  return lowerCase(composed.toUpperCase()).normalize("NFKC");
}

/** Lower case, in which a letter does not depend on its neighbours: final sigma is sigma. */
export function lowerCase(text: string): string {
  return text.toLowerCase().replaceAll("\u03c2", "\u03c3");
}

/** True when every character is below U+0080. */
export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
