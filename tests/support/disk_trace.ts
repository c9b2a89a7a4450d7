/** What a process does to the files of one folder, as strace saw it, in order. */

/** One call of the kernel that changes a file or makes a change durable. */
export type DiskCall =
  | { readonly kind: "create"; readonly path: string }
  | {
    readonly kind: "write";
    readonly path: string;
    readonly at: number;
    readonly bytes: Uint8Array;
  }
  | { readonly kind: "truncate"; readonly path: string; readonly sizeBytes: number }
  | { readonly kind: "sync"; readonly path: string }
  | { readonly kind: "rename"; readonly from: string; readonly to: string }
  | { readonly kind: "remove"; readonly path: string }
  | { readonly kind: "say"; readonly text: string };

const calls = [
  "openat",
  "lseek",
  "write",
  "pwrite64",
  "writev",
  "fdatasync",
  "fsync",
  "ftruncate",
  "rename",
  "renameat",
  "renameat2",
  "unlink",
  "unlinkat",
  "dup",
  "dup2",
  "dup3",
  "close",
];

/** What stands before a command to record it in `tracePath`. */
export function recorder(tracePath: string): readonly string[] {
  const rules = ["-e", `trace=${calls.join()}`, "-e", "signal=none"];
  return ["strace", "-f", "-qq", "-y", "-xx", "-s", "2000000", ...rules, "-o", tracePath];
}

interface OpenFile {
  readonly path: string;
  readonly isAppend: boolean;
  at: number;
}

/** Reads a recording; files outside `folder` are left out, but for what was said on stdout. */
export function parseTrace(trace: string, folder: string): readonly DiskCall[] {
  const reader = new TraceReader(folder);
  for (const line of joinResumed(trace)) reader.read(line);
  return reader.calls;
}

/** The calls of a recording, a line each: one that another thread interrupted stands on two there. */
export function* joinResumed(trace: string): Generator<string> {
  const started = new Map<string, string>();
  for (const line of trace.split("\n")) {
    const [, pid = "", text = ""] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (text.endsWith("<unfinished ...>")) {
      started.set(pid, text.slice(0, -"<unfinished ...>".length));
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text);
    yield resumed === null ? text : (started.get(pid) ?? "") + resumed[1];
  }
}

class TraceReader {
  readonly calls: DiskCall[] = [];
  readonly #folder: string;
  readonly #files = new Map<number, OpenFile>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  read(line: string): void {
    const match = /^(\w+)\((.*)\) += (\d+)(?:<.*>)?$/.exec(line);
    if (match === null) return;
    const [, name = "", args = "", result = ""] = match;
    const fd = Number(/^(\d+)/.exec(args)?.[1] ?? -1);
    switch (name) {
      case "openat":
        return this.#open(args, Number(result));
      case "close":
        this.#files.delete(fd);
        return;
      case "lseek": {
        const file = this.#files.get(fd);
        if (file !== undefined) file.at = Number(result);
        return;
      }
      case "write":
      case "writev":
        return this.#write(fd, args, Number(result));
      case "ftruncate":
        return this.#onFile(fd, (path) => {
          const sizeBytes = Number(/, (\d+)$/.exec(args)?.[1]);
          this.calls.push({ kind: "truncate", path, sizeBytes });
        });
      case "fsync":
      case "fdatasync":
        return this.#onFile(fd, (path) => this.calls.push({ kind: "sync", path }));
      case "rename":
      case "renameat":
      case "renameat2": {
        const [from = "", to = ""] = pathsIn(args);
        if (!this.#isOurs(from)) return;
        this.calls.push({ kind: "rename", from, to });
        return;
      }
      case "unlink":
      case "unlinkat": {
        const [path = ""] = pathsIn(args);
        if (this.#isOurs(path)) this.calls.push({ kind: "remove", path });
        return;
      }
      default:
        if (fd >= 0 && this.#files.has(fd)) throw new Error(`not modelled: ${line}`);
    }
  }

  #open(args: string, fd: number): void {
    const [path = ""] = pathsIn(args);
    if (!this.#isOurs(path)) return;
    if (args.includes("O_TRUNC")) throw new Error(`not modelled: ${path} is truncated by open`);
    this.#files.set(fd, { path, isAppend: args.includes("O_APPEND"), at: 0 });
    if (args.includes("O_CREAT")) this.calls.push({ kind: "create", path });
  }

  #write(fd: number, args: string, count: number): void {
    const bytes = bytesIn(args).subarray(0, count);
    const file = this.#files.get(fd);
    if (file === undefined) {
      const text = new TextDecoder().decode(bytes);
      if (fd === 1) this.calls.push({ kind: "say", text });
      return;
    }
    const at = file.isAppend ? -1 : file.at;
    this.calls.push({ kind: "write", path: file.path, at, bytes });
    file.at += count;
  }

  #onFile(fd: number, act: (path: string) => void): void {
    const file = this.#files.get(fd);
    if (file !== undefined) act(file.path);
  }

  #isOurs(path: string): boolean {
    return path === this.#folder || path.startsWith(`${this.#folder}/`);
  }
}

function pathsIn(args: string): readonly string[] {
  return [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex = ""]) =>
    new TextDecoder().decode(unescapeHex(hex))
  );
}

function bytesIn(args: string): Uint8Array {
  const parts = [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex = ""]) => hex);
  return unescapeHex(parts.join(""));
}

function unescapeHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 4);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(text.slice(4 * i + 2, 4 * i + 4), 16);
  return bytes;
}
