/**
 * What a human or a program hands to a command.
 *
 * @module
 */
import { EngineError } from "../core/errors.ts";

/** At most `limitBytes` of a file, or of standard input for null; more is `operation_too_large`. */
export async function readInput(path: string | null, limitBytes: number): Promise<Uint8Array> {
  try {
    if (path !== null) refuseNamedPipe(path);
    const stream = path === null ? Deno.stdin.readable : (await Deno.open(path)).readable;
    return await readAtMost(stream, limitBytes);
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw new EngineError("operation_invalid", `Cannot read the operation from "${path ?? "-"}"`, {
      hint: "name a readable JSON file, or - for standard input",
      cause: error,
    });
  }
}

// SECURITY: opening a pipe in the file system waits for a writer who may never come. A shell's
// <(command) is one too, but comes with its writer.
function refuseNamedPipe(path: string): void {
  if (path.startsWith("/dev/fd/") || !Deno.statSync(path).isFifo) return;
  throw new EngineError("operation_invalid", `Cannot read the operation from the pipe "${path}"`, {
    hint: "name a regular file, or read the pipe from standard input with -",
  });
}

async function readAtMost(
  stream: ReadableStream<Uint8Array>,
  limitBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of stream) {
    total += chunk.length;
    if (total > limitBytes) {
      throw new EngineError("operation_too_large", `Input is over ${limitBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
}
