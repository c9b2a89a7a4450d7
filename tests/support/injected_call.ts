/**
 * The N-th call of a kind that a process makes on some files fails, or kills it. Which calls there are
 * is recorded first, so that every one of them can be named.
 */

/** A call of the kernel on a file, as often as the process has made it before on the same thread. */
export interface InjectableCall {
  readonly name: string;
  /** From 1. */
  readonly nth: number;
  readonly path: string;
}

/** Calls that change something, or make a change durable. */
export const changingCalls = [
  "write",
  "fdatasync",
  "fsync",
  "ftruncate",
  "rename",
  "unlink",
  "fchmodat",
  "chmod",
];

/** Which errors a call may meet; of those that mean nothing for it there is none. */
export const errorsOf: Readonly<Record<string, readonly string[]>> = {
  write: ["ENOSPC", "EIO"],
  fdatasync: ["EIO"],
  fsync: ["EIO"],
  ftruncate: ["EIO"],
  rename: ["ENOSPC"],
  unlink: ["EIO"],
  chmod: ["EPERM"],
  fchmodat: ["EPERM"],
};

/** What stands before a command to record calls that change files. */
export function callRecorder(tracePath: string): readonly string[] {
  const rules = ["-e", `trace=${changingCalls.join()}`, "-e", "signal=none"];
  return ["strace", "-f", "--seccomp-bpf", "-qq", "-y", "-s", "300", "-o", tracePath, ...rules];
}

/** The calls on files below `folders`, in order. */
export function parseCalls(trace: string, folders: readonly string[]): readonly InjectableCall[] {
  const counts = new Map<string, number>();
  const calls: InjectableCall[] = [];
  for (const line of trace.split("\n")) {
    const [, pid = "", name = "", args = ""] = /^(\d+) +(\w+)\((.*)$/.exec(line) ?? [];
    const path = /^\d+<([^>]*)>/.exec(args)?.[1] ?? /"([^"]*)"/.exec(args)?.[1] ?? "";
    if (!folders.some((folder) => path === folder || path.startsWith(`${folder}/`))) continue;
    const nth = (counts.get(`${pid} ${name}`) ?? 0) + 1;
    counts.set(`${pid} ${name}`, nth);
    calls.push({ name, nth, path });
  }
  return calls;
}

/** What stands before a command to make one of the recorded calls fail or kill. */
export function injector(
  { name, nth }: InjectableCall,
  { effect, paths, tracePath }: {
    /** `error=EIO` or `signal=KILL`. */
    readonly effect: string;
    /** Of all recorded calls: what the runtime does elsewhere does not count. */
    readonly paths: readonly string[];
    readonly tracePath: string;
  },
): readonly string[] {
  const rules = [`trace=${name}`, `inject=${name}:${effect}:when=${nth}`];
  const options = [
    ...rules.flatMap((rule) => ["-e", rule]),
    ...paths.flatMap((path) => ["-P", path]),
  ];
  // Not with --seccomp-bpf: signals are not delivered then.
  return ["strace", "-f", "-qq", "-o", tracePath, ...options];
}

/** Whether there is time for every fault, and not only for those CI has time for. */
export const runsAllFaults = Deno.env.get("SEALWARD_ALL_FAULTS") === "1";

/** Runs `count` at a time. */
export async function inParallel(
  count: number,
  jobs: readonly (() => Promise<void>)[],
): Promise<void> {
  const waiting = jobs.values();
  const work = async () => {
    for (const job of waiting) await job();
  };
  await Promise.all(Array.from({ length: count }, work));
}
