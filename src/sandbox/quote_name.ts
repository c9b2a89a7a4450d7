/**
 * Shows a name from a module, which can be anything, in a message for people.
 *
 * @module
 */
const maxShownCharacters = 80;

/** In double quotes, printable ASCII only, all else as `\u{...}`; cut after 80 characters. */
export function quoteName(name: string): string {
  const characters = Array.from(name.slice(0, 2 * maxShownCharacters));
  const shown = characters.slice(0, maxShownCharacters).map(escapeCharacter).join("");
  const isCut = characters.length > maxShownCharacters || name.length > 2 * maxShownCharacters;
  return `"${shown}${isCut ? "..." : ""}"`;
}

function escapeCharacter(character: string): string {
  if (character === '"' || character === "\\") return `\\${character}`;
  if (character >= " " && character <= "~") return character;
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
