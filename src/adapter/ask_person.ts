/**
 * One line from the person at the terminal. The question goes to stderr: what is on stdout is an
 * answer, and may be a file.
 *
 * @module
 */
import { createLineKeys } from "./line_keys.ts";

/** What of the process this needs: Deno.stdin and Deno.stderr. */
export interface Terminal {
  readonly isTerminal: () => boolean;
  readonly setRaw: (isRaw: boolean) => void;
  /** Null at the end of input. */
  readonly readSync: (bytes: Uint8Array) => number | null;
  readonly writeSync: (bytes: Uint8Array) => number;
}

const terminal: Terminal = {
  isTerminal: () => Deno.stdin.isTerminal(),
  setRaw: (isRaw) => Deno.stdin.setRaw(isRaw),
  readSync: (bytes) => Deno.stdin.readSync(bytes),
  writeSync: (bytes) => Deno.stderr.writeSync(bytes),
};

/**
 * Asks, and waits for a line.
 *
 * @param question ASCII, without line end.
 * @param echo `hidden`: nothing of the answer is shown, its length neither.
 * @returns The line without its end; null where no terminal is at the input, at its end, and for
 *   Ctrl-C and Ctrl-D.
 */
export function askPerson(
  question: string,
  echo: "shown" | "hidden",
  { isTerminal, setRaw, readSync, writeSync }: Terminal = terminal,
): string | null {
  // SECURITY: a code from a pipe is one that a program holds.
  if (!isTerminal()) return null;
  const say = (text: string) => writeAll(writeSync, new TextEncoder().encode(text));
  // Before the question: what is typed the moment it is seen must not be shown.
  setRaw(true);
  try {
    say(`${question} `);
    const keys = createLineKeys(echo === "shown" ? say : () => {});
    // One by one: what follows the line belongs to the next question.
    const byte = new Uint8Array(1);
    for (;;) {
      const count = readSync(byte);
      const ended = keys(count === null ? null : byte[0] ?? 0);
      if (ended !== "more") return ended.line;
    }
  } finally {
    setRaw(false);
    say("\n");
  }
}

function writeAll(writeSync: Terminal["writeSync"], bytes: Uint8Array): void {
  for (let sent = 0; sent < bytes.length;) sent += writeSync(bytes.subarray(sent));
}
