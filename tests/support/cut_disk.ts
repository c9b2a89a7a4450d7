/**
 * Files of one folder as a power cut may leave them. Data and names are durable from the sync of
 * their file or folder on; what was not synced is there, or not, or half.
 */
import type { DiskCall } from "./disk_trace.ts";

/** What became of the data that was not synced. */
export type Loss = "all" | "none" | "all_but_names" | "last_zeros" | "last_half";
export const losses: readonly Loss[] = [
  "all",
  "none",
  "all_but_names",
  "last_zeros",
  "last_half",
];

/** Contents by path. */
export type Files = ReadonlyMap<string, Uint8Array>;

interface FileNode {
  bytes: Uint8Array;
  durable: Uint8Array;
}

interface LastWrite {
  readonly node: FileNode;
  readonly before: Uint8Array;
  readonly at: number;
  readonly length: number;
}

/** A folder while calls are made on it. */
export class CutDisk {
  readonly #names = new Map<string, FileNode>();
  readonly #durableNames = new Map<string, FileNode>();
  /** Not yet durable; a journal keeps each as one, whichever of its two folders is synced. */
  #renames: { readonly from: string; readonly to: string; readonly node: FileNode }[] = [];
  #last: LastWrite | null = null;

  constructor(files: Files) {
    for (const [path, bytes] of files) {
      const node = { bytes, durable: bytes };
      this.#names.set(path, node);
      this.#durableNames.set(path, node);
    }
  }

  apply(call: DiskCall): void {
    switch (call.kind) {
      case "create":
        if (this.#names.has(call.path)) return;
        this.#names.set(call.path, { bytes: new Uint8Array(), durable: new Uint8Array() });
        return;
      case "write":
        return this.#write(call);
      case "truncate": {
        const node = this.#node(call.path);
        node.bytes = node.bytes.slice(0, call.sizeBytes);
        return;
      }
      case "rename": {
        const node = this.#node(call.from);
        this.#names.delete(call.from);
        this.#names.set(call.to, node);
        this.#renames.push({ from: call.from, to: call.to, node });
        return;
      }
      case "remove":
        this.#names.delete(call.path);
        return;
      case "sync":
        return this.#sync(call.path);
    }
  }

  /** The disk after the power came back. */
  cut(loss: Loss): Files {
    if (loss === "all") return contents(this.#durableNames, ({ durable }) => durable);
    if (loss === "none") return contents(this.#names, ({ bytes }) => bytes);
    const last = this.#last;
    return contents(this.#names, (node) => {
      const isLast = last?.node === node && node.bytes !== node.durable;
      if (loss === "all_but_names" || !isLast) return node.durable;
      // Its size came, and of its data nothing or the first half.
      const bytes = node.bytes.slice();
      const kept = loss === "last_half" ? last.length >> 1 : 0;
      const old = last.before.subarray(last.at + kept, last.at + last.length);
      bytes.fill(0, last.at + kept, last.at + last.length);
      if (loss === "last_half") bytes.set(old, last.at + kept);
      const isGrown = last.at + last.length > last.before.length;
      return loss === "last_half" && isGrown ? bytes.slice(0, last.at + kept) : bytes;
    });
  }

  #write({ path, at, bytes }: DiskCall & { readonly kind: "write" }): void {
    const node = this.#node(path);
    const start = at < 0 ? node.bytes.length : at;
    const before = node.bytes;
    const next = new Uint8Array(Math.max(before.length, start + bytes.length));
    next.set(before);
    next.set(bytes, start);
    node.bytes = next;
    this.#last = { node, before, at: start, length: bytes.length };
  }

  #sync(path: string): void {
    const synced = this.#names.get(path);
    if (synced !== undefined) {
      synced.durable = synced.bytes;
      return;
    }
    const isIn = (name: string) => name.slice(0, name.lastIndexOf("/")) === path;
    for (const { from, to, node } of this.#renames) {
      if (!isIn(from) && !isIn(to)) continue;
      this.#durableNames.delete(from);
      this.#durableNames.set(to, node);
    }
    this.#renames = this.#renames.filter(({ from, to }) => !isIn(from) && !isIn(to));
    for (const name of this.#durableNames.keys()) {
      if (isIn(name) && !this.#names.has(name)) this.#durableNames.delete(name);
    }
    for (const [name, there] of this.#names) if (isIn(name)) this.#durableNames.set(name, there);
  }

  #node(path: string): FileNode {
    const node = this.#names.get(path);
    if (node === undefined) throw new Error(`no file at ${path}`);
    return node;
  }
}

function contents(
  names: ReadonlyMap<string, FileNode>,
  read: (node: FileNode) => Uint8Array,
): Files {
  return new Map([...names].map(([path, node]) => [path, read(node)]));
}

/** Every file at or below a folder, but for the reserves: they are large and none of these calls'. */
export function readFolder(folder: string): Files {
  const files = new Map<string, Uint8Array>();
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    if (name.startsWith("reserve.")) continue;
    if (!isDirectory) files.set(path, Deno.readFileSync(path));
    else for (const [below, bytes] of readFolder(path)) files.set(below, bytes);
  }
  return files;
}
