/**
 * Looks at files by lstat(2) alone.
 *
 * @module
 */
import type { FindStamps, StampRequest, StampStart } from "../core/ports.ts";

/**
 * Makes the finder.
 *
 * @param ignored Absolute paths that are left out with all below: what the engine itself writes.
 */
export function openStamps(ignored: readonly string[]): FindStamps {
  return (request) => {
    const search = new Search(request, new Set(ignored));
    for (const start of request.starts) search.begin(start);
    search.run();
    return search;
  };
}

/**
 * Breadth first, each folder by name: what a limit leaves out is what lies deepest, and names that
 * begin with a dot come early.
 */
class Search {
  readonly stamps = new Map<string, string>();
  isWhole = true;
  readonly #request: StampRequest;
  readonly #ignored: ReadonlySet<string>;
  readonly #folders: StampStart[] = [];
  #left: number;

  constructor(request: StampRequest, ignored: ReadonlySet<string>) {
    this.#request = request;
    this.#ignored = ignored;
    this.#left = request.limit;
  }

  begin(start: StampStart): void {
    if (this.#ignored.has(start.path)) return;
    const info = this.#look(start.path);
    if (info === null) return;
    if (info.isDirectory) this.#folders.push(start);
    else if (this.#request.isWanted(start.path)) this.stamps.set(start.path, stampOf(info));
  }

  run(): void {
    for (const folder of this.#folders) {
      for (const entry of this.#list(folder.path)) {
        if (this.#left-- <= 0) {
          this.isWhole = false;
          return;
        }
        this.#visit(`${folder.path === "/" ? "" : folder.path}/${entry.name}`, entry, folder);
      }
    }
  }

  #visit(path: string, entry: Deno.DirEntry, { reach }: StampStart): void {
    // A name that is not UTF-8 reads back as another one, which nothing can be asked about.
    if (entry.name.includes("\ufffd")) this.isWhole = false;
    else if (this.#ignored.has(path)) return;
    else if (entry.isDirectory) {
      if (reach === "below" && !this.#request.isPruned(path)) this.#folders.push({ path, reach });
    } else if (this.#request.isWanted(path)) {
      const info = this.#look(path);
      if (info !== null) this.stamps.set(path, stampOf(info));
    }
  }

  #list(folder: string): readonly Deno.DirEntry[] {
    try {
      return [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1);
    } catch (thrown) {
      if (!isMissing(thrown)) this.isWhole = false;
      return [];
    }
  }

  #look(path: string): Deno.FileInfo | null {
    try {
      return Deno.lstatSync(path);
    } catch (thrown) {
      if (!isMissing(thrown)) this.isWhole = false;
      return null;
    }
  }
}

function isMissing(thrown: unknown): boolean {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  return code === "ENOENT" || code === "ENOTDIR";
}

/** SECURITY: size and mtime can be put back after an edit, ctime cannot. */
function stampOf(info: Deno.FileInfo): string {
  const kind = info.isFile ? "file" : info.isSymlink ? "link" : "other";
  const { size, mode, uid, gid, ino, nlink } = info;
  const times = [info.mtime?.getTime(), info.ctime?.getTime()];
  return [kind, size, mode?.toString(8), uid, gid, ...times, ino, nlink].join(" ");
}
