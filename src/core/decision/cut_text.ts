/**
 * Texts of callers, bounded for an entry of the log.
 *
 * @module
 */
import { oneLine } from "../errors.ts";

/** Command, tool and labels in an entry; the longest label fits. */
const maxLoggedTextBytes = 256;

/**
 * SECURITY: an entry that does not fit fails every decision of its commit. Counts what the log's
 * ASCII JSON takes for a character, at its worst, and never halves a surrogate pair.
 */
export function cutText(text: string, maxBytes = maxLoggedTextBytes): string {
  let bytesLeft = maxBytes;
  let end = 0;
  for (const character of text) {
    bytesLeft -= /[ -!#-[\]-~]/.test(character) ? 1 : 7 * character.length;
    if (bytesLeft < 0) return `${oneLine(text.slice(0, end))}...`;
    end += character.length;
  }
  return oneLine(text);
}
