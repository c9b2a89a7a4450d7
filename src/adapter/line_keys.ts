/**
 * Bytes of a terminal in raw mode as one edited line.
 *
 * @module
 */

const maxLineBytes = 4_096;

/** Takes the next byte, null at the end of input; says the line when it ended, null if given up. */
export type LineKeys = (byte: number | null) => "more" | { readonly line: string | null };

/**
 * Enter ends the line; Backspace takes the last character, Ctrl-U all of it; Ctrl-C, and Ctrl-D at
 * the beginning, give up. Other control keys do nothing, and arrows and what else sends escape
 * sequences neither. Bytes beyond 4,096 are dropped.
 *
 * @param echo Gets what the terminal is to show.
 */
export function createLineKeys(echo: (text: string) => void): LineKeys {
  let typed: number[] = [];
  let sequence: "none" | "begun" | "inside" = "none";
  const erase = (): void => {
    if (typed.length === 0) return;
    while (isContinuation(typed.at(-1))) typed.pop();
    typed.pop();
    echo("\b \b");
  };
  return (byte) => {
    if (sequence !== "none" && byte !== null && byte >= 0x20) {
      sequence = nextOf(sequence, byte);
      return "more";
    }
    sequence = "none";
    if (byte === null || byte === ctrlC || (byte === ctrlD && typed.length === 0)) {
      return { line: null };
    }
    if (byte === 0x0d || byte === 0x0a) return { line: decode(typed) };
    if (byte === 0x1b) sequence = "begun";
    else if (byte === 0x7f || byte === 0x08) erase();
    else if (byte === ctrlU) { while (typed.length > 0) erase(); }
    else if (byte >= 0x20 && typed.length < maxLineBytes) {
      typed = [...typed, byte];
      // SECURITY: beyond ASCII a terminal may obey what it is shown (C1); a dot for each character.
      if (!isContinuation(byte)) echo(byte < 0x7f ? String.fromCharCode(byte) : ".");
    }
    return "more";
  };
}

const ctrlC = 0x03;
const ctrlD = 0x04;
const ctrlU = 0x15;

/** ECMA-48 section 5.4: after `ESC [` and `ESC O` comes what ends with a byte from `@` to `~`. */
function nextOf(sequence: "begun" | "inside", byte: number): "none" | "inside" {
  if (sequence === "begun") return byte === 0x5b || byte === 0x4f ? "inside" : "none";
  return byte >= 0x40 && byte <= 0x7e ? "none" : "inside";
}

const isContinuation = (byte: number | undefined): boolean =>
  byte !== undefined && (byte & 0xc0) === 0x80;

function decode(bytes: readonly number[]): string {
  return new TextDecoder().decode(new Uint8Array(bytes));
}
