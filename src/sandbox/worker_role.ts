/**
 * The process that runs checks. It starts with nothing in its environment, gives up everything
 * the program could do, and then knows two pipes.
 *
 * @module
 */
import { version } from "../core/version.ts";
import type { LoadCheck } from "./check_shelf.ts";
import { collectGarbage } from "./collect_garbage.ts";
import { FrameReader, workerTakes } from "./frames.ts";
import { hasOnly } from "./has_only.ts";
import { encodeReady, WorkerDesk } from "./worker_desk.ts";

/**
 * Answers frames until the parent is gone.
 *
 * @param loadCheck What looks at a module.
 * @returns Exit status; 1 when something could not be given up, before a byte was read.
 */
export function runWorkerRole(loadCheck: LoadCheck): number {
  if (!hasOnly([])) return 1;
  const desk = new WorkerDesk(loadCheck, collectGarbage);
  const reader = new FrameReader(workerTakes);
  // Synchronous on purpose: there is one thing to do, and no event loop to wake for it.
  const chunk = new Uint8Array(65_536);
  writeAll(encodeReady(version));
  for (;;) {
    const count = Deno.stdin.readSync(chunk);
    if (count === null) return reader.isEmpty ? 0 : 1;
    reader.push(chunk.subarray(0, count));
    for (let frame = reader.next(); frame !== null; frame = reader.next()) {
      writeAll(desk.answer(frame));
    }
  }
}

function writeAll(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}
