/** Processes as /proc shows them. */

/** Children of a process, theirs after them; only those that live. */
export function descendantsOf(pid: number): readonly number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

function childrenOf(pid: number): readonly number[] {
  try {
    return [...Deno.readDirSync(`/proc/${pid}/task`)].flatMap(({ name }) =>
      Deno.readTextFileSync(`/proc/${pid}/task/${name}/children`).trim().split(" ")
        .filter((word) => word !== "").map(Number)
    );
  } catch {
    return [];
  }
}

/** One letter: `R`, `S`, `Z` for a zombie, ...; null for no such process. */
export function stateOf(pid: number): string | null {
  try {
    return /^State:\s+(\w)/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1] ?? null;
  } catch {
    return null;
  }
}

/** Resident memory in KiB; null for no such process. */
export function residentKib(pid: number): number | null {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
  } catch {
    return null;
  }
}

/** Milliseconds until none of them is left; throws after `maxMs`. */
export async function waitUntilGone(pids: readonly number[], maxMs: number): Promise<number> {
  const start = performance.now();
  for (;;) {
    const left = pids.filter((pid) => stateOf(pid) !== null);
    const ms = performance.now() - start;
    if (left.length === 0) return ms;
    if (ms > maxMs) throw new Error(`Still there after ${maxMs} ms: ${left.join()}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Milliseconds until the first of them is gone; throws after `maxMs`. */
export async function waitUntilOneIsGone(pids: readonly number[], maxMs: number): Promise<number> {
  const start = performance.now();
  for (;;) {
    const ms = performance.now() - start;
    if (pids.some((pid) => stateOf(pid) === null)) return ms;
    if (ms > maxMs) throw new Error(`All there after ${maxMs} ms: ${pids.join()}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
