/**
 * Delivers an answer. An answer that was not delivered is a failure: the caller must not see 0.
 *
 * @module
 */
import { EngineError, oneLine } from "../../core/errors.ts";

/** The part of Deno.stdout this needs. */
export interface ByteWriter {
  /** Writes some of the bytes and returns how many. */
  readonly writeSync: (bytes: Uint8Array) => number;
}

/** How long a reader may take none of the answer before it is given up. */
const maxStallMs = 5_000;
const pauseMs = 5;

/**
 * Writes all of `text` as UTF-8.
 *
 * @param pause Waits that many milliseconds; blocks the thread, which has nothing else to do.
 * @throws {EngineError} `output_unwritable` when a byte could not be written: reader gone (EPIPE),
 *   disk full, stream closed, reader stalled.
 */
export function writeOutput(
  writer: ByteWriter,
  text: string,
  pause: (ms: number) => void = pauseThread,
): void {
  let left = new TextEncoder().encode(text);
  let stalledMs = 0;
  while (left.length > 0) {
    const written = writeSome(writer, left);
    if (written > 0) {
      left = left.subarray(written);
      stalledMs = 0;
    } else if (stalledMs >= maxStallMs) {
      throw unwritable(`reader took nothing for ${maxStallMs} ms`);
    } else {
      pause(pauseMs);
      stalledMs += pauseMs;
    }
  }
}

/** Zero when the stream is full: a pipe shared with a program that made it non-blocking. */
function writeSome(writer: ByteWriter, bytes: Uint8Array): number {
  try {
    return writer.writeSync(bytes);
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === "WouldBlock") return 0;
    throw unwritable(thrown instanceof Error ? thrown.message : String(thrown), thrown);
  }
}

function pauseThread(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function unwritable(reason: string, cause?: unknown): EngineError {
  return new EngineError("output_unwritable", `Cannot write the answer: ${oneLine(reason)}`, {
    hint: "Keep the output open until the program ends, or ask with --quiet",
    cause,
  });
}
