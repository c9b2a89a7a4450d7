/** Processes as the kernel lists them. Deno itself may not look into /proc with less than -A. */

interface Listed {
  readonly pid: number;
  readonly parent: number;
  /** One letter: `R`, `S`, `Z` for a zombie, ... */
  readonly state: string;
  readonly residentKib: number;
}

/** All but the one that lists them. */
function listProcesses(): readonly Listed[] {
  const { stdout } = new Deno.Command("sh", {
    args: ["-c", "exec cat /proc/[0-9]*/stat"],
    stdout: "piped",
    // Some are gone before they are read.
    stderr: "null",
  }).outputSync();
  return new TextDecoder().decode(stdout).split("\n").flatMap((line) => {
    const [, pid, name, rest = ""] = /^(\d+) \((.*)\) (.*)$/.exec(line) ?? [];
    if (pid === undefined || name === "cat") return [];
    const [state = "", parent, ...numbers] = rest.split(" ");
    const residentKib = Number(numbers[19]) * 4;
    return [{ pid: Number(pid), parent: Number(parent), state, residentKib }];
  });
}

/** Children of a process, theirs after them, zombies too. */
export function descendantsOf(pid: number): readonly number[] {
  const all = listProcesses();
  const below = (parent: number): readonly number[] =>
    all.filter((one) => one.parent === parent).flatMap(({ pid }) => [pid, ...below(pid)]);
  return below(pid);
}

/** Resident memory in KiB; null for no such process. */
export function residentKib(pid: number): number | null {
  return listProcesses().find((one) => one.pid === pid)?.residentKib ?? null;
}

/** Whether there is such a process, if only as a zombie. */
function isThere(pid: number): boolean {
  try {
    // Nobody minds this signal; not even who is stopped wakes up.
    Deno.kill(pid, "SIGURG");
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds until `hasHappened`; throws after `maxMs`. */
async function waitUntil(hasHappened: () => boolean, maxMs: number): Promise<number> {
  const start = performance.now();
  for (;;) {
    const isOver = hasHappened();
    const ms = performance.now() - start;
    if (isOver) return ms;
    if (ms > maxMs) throw new Error(`Nothing has happened within ${maxMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Until all have ended, taken or not by whoever has to. */
export function waitUntilEnded(pids: readonly number[], maxMs: number): Promise<number> {
  return waitUntil(() => {
    const alive = listProcesses().filter(({ state }) => state !== "Z" && state !== "X");
    return !alive.some(({ pid }) => pids.includes(pid));
  }, maxMs);
}

/** Until none of them is left. */
export function waitUntilGone(pids: readonly number[], maxMs: number): Promise<number> {
  return waitUntil(() => !pids.some(isThere), maxMs);
}

/** Until the first of them is gone. */
export function waitUntilOneIsGone(pids: readonly number[], maxMs: number): Promise<number> {
  return waitUntil(() => pids.some((pid) => !isThere(pid)), maxMs);
}

/** Processes that work in a folder, whoever their parent is: orphans too. */
export function processesIn(folder: string): readonly number[] {
  const { stdout } = new Deno.Command("sh", {
    args: ["-c", "exec ls -l /proc/[0-9]*/cwd"],
    stdout: "piped",
    stderr: "null",
  }).outputSync();
  return new TextDecoder().decode(stdout).split("\n").flatMap((line) => {
    const [, pid, cwd] = /\/proc\/(\d+)\/cwd -> (.*)$/.exec(line) ?? [];
    return cwd === folder && pid !== undefined ? [Number(pid)] : [];
  });
}
