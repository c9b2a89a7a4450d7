/**
 * Framing: where lines end. Verification and recovery share it, so that they cannot disagree.
 *
 * @module
 */
import { maxEntryBytes } from "../limits.ts";

const lineFeed = 0x0a;

/** The complete lines of a window, and what follows the last LF. */
export interface Frames {
  /** Each without its LF; views into the window, not copies. */
  readonly lines: readonly Uint8Array[];
  /** Bytes after the last LF. */
  readonly restBytes: number;
  /** The line after `lines`, complete or not, is longer than any line may be. */
  readonly isOverlong: boolean;
}

/**
 * Splits a window that starts at a line's first byte. Only LF ends a line; CR and other separators
 * are content (and no grammar lets them through).
 */
export function scanLines(window: Uint8Array): Frames {
  const lines: Uint8Array[] = [];
  let start = 0;
  for (;;) {
    const end = window.indexOf(lineFeed, start);
    const isOverlong = (end < 0 ? window.length : end) - start >= maxEntryBytes;
    if (end < 0 || isOverlong) return { lines, restBytes: window.length - start, isOverlong };
    lines.push(window.subarray(start, end));
    start = end + 1;
  }
}
