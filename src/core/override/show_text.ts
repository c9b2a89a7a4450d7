/**
 * Texts of others on a person's screen. Everything beyond printable ASCII is escaped, so that nothing
 * moves the cursor, turns the direction of reading, or looks like another letter (BIND-08).
 *
 * @module
 */

/** More blanks in a row than this are told by their number: what follows must stay in sight. */
const maxBlanks = 8;

/** In quotes, one line of ASCII. Two texts that differ are shown differently. */
export function showText(text: string): string {
  // SECURITY: what is signed is this text. Words that look like a count must not pass for blanks.
  const escaped = JSON.stringify(text).replace(/[^ -~]|\[(?=\d+ blanks\])/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  return escaped.replace(/ {2,}/g, (blanks) => {
    return blanks.length > maxBlanks ? `[${blanks.length} blanks]` : blanks;
  });
}
