/**
 * A disk that is only said to be there: what a test lists below the root, and nothing else. Resolves
 * names and links as path_resolution(7) does; what lies outside the root is missing.
 *
 * @module
 */
import { foldPath } from "../operation/shell/fold_path.ts";
import type { Disk, ResolvedPath } from "../ports.ts";
import type { PretendFile } from "./test_case.ts";

/** Symlinks followed in one path, as Linux does. */
const maxLinks = 40;

type Node =
  | { readonly kind: "folder" }
  | { readonly kind: "link"; readonly target: string }
  | { readonly kind: "file"; readonly content: string | number };

/** The kernel's walk: where it ends, or why it does not. */
type Walked = { readonly real: string } | { readonly failure: string };

/** @param base For root, home and own places. */
export function createPretendDisk(files: readonly PretendFile[], base: Disk): Disk {
  const tree = new PretendTree(base.root, files);
  return {
    root: base.root,
    ownPlaces: base.ownPlaces,
    home: base.home,
    resolve: (written, cwd) => tree.resolve(written, cwd),
    listBelow: (folder, limit) => {
      const below = tree.below(folder);
      return below === null || below.length > limit ? null : below;
    },
    listNames: (folder) => {
      const skipped = folder === "/" ? 1 : folder.length + 1;
      return tree.below(folder)?.map((path) => path.slice(skipped))
        .filter((name) => !name.includes("/")) ?? null;
    },
    readBytes: (path, maxBytes) => tree.read(path, maxBytes),
  };
}

class PretendTree {
  readonly #root: string;
  readonly #nodes = new Map<string, Node>([["/", { kind: "folder" }]]);

  constructor(root: string, files: readonly PretendFile[]) {
    this.#root = root;
    this.#add(root, { kind: "folder" });
    for (const { path, ...node } of files) this.#add(`${root === "/" ? "" : root}/${path}`, node);
  }

  resolve(written: string, cwd: string | null): ResolvedPath {
    const from = cwd === null ? this.#root : join(this.#root, cwd);
    const lexical = foldPath(join(from, written));
    const folder = cwd === null ? { real: this.#root } : this.#walk(from);
    if ("failure" in folder) return failed(written, lexical, folder.failure);
    const kind = this.#nodes.get(folder.real)?.kind;
    if (kind !== "folder") return failed(written, lexical, kind === "file" ? "ENOTDIR" : "ENOENT");
    const walked = this.#walk(join(folder.real, written));
    if ("failure" in walked) return failed(written, lexical, walked.failure);
    return { written, lexical, failure: null, ...walked, ...this.#describe(walked.real) };
  }

  /** Seen from the folder as it is named, though a link leads there; null where there is none. */
  below(folder: string): readonly string[] | null {
    const walked = this.#walk(folder);
    if ("failure" in walked || this.#nodes.get(walked.real)?.kind !== "folder") return null;
    const start = walked.real === "/" ? "/" : `${walked.real}/`;
    const named = folder === "/" ? "/" : `${folder}/`;
    return [...this.#nodes.keys()].filter((path) => path.startsWith(start) && path !== start)
      .map((path) => named + path.slice(start.length));
  }

  /** Null for what has only a size: nobody knows what would stand in it. */
  read(path: string, maxBytes: number): Uint8Array | null {
    const walked = this.#walk(path);
    const node = "real" in walked ? this.#nodes.get(walked.real) : undefined;
    if (node?.kind !== "file" || typeof node.content !== "string") return null;
    const bytes = new TextEncoder().encode(node.content);
    return bytes.length > maxBytes ? null : bytes;
  }

  #add(path: string, node: Node): void {
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
      const above = path.slice(0, at);
      if (!this.#nodes.has(above)) this.#nodes.set(above, { kind: "folder" });
    }
    this.#nodes.set(path, node);
  }

  #walk(path: string): Walked {
    const pending = path.split("/").reverse();
    let real = "/";
    let links = 0;
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (this.#nodes.get(real)?.kind === "file") return { failure: "ENOTDIR" };
      if (name === "" || name === ".") continue;
      const next = foldPath(`${real}/${name}`);
      const node = this.#nodes.get(next);
      if (node?.kind !== "link") {
        real = next;
        continue;
      }
      if (++links > maxLinks) return { failure: "ELOOP" };
      if (node.target.startsWith("/")) real = "/";
      pending.push(...node.target.split("/").reverse());
    }
    return { real };
  }

  #describe(
    real: string,
  ): Pick<ResolvedPath, "kind" | "sizeBytes" | "linkCount" | "identity"> {
    const node = this.#nodes.get(real);
    const nothing = { sizeBytes: null, linkCount: null, identity: null };
    if (node?.kind === "folder") return { ...nothing, kind: "directory", identity: `test:${real}` };
    if (node?.kind !== "file") return { ...nothing, kind: "missing" };
    const { content } = node;
    const sizeBytes = typeof content === "number"
      ? content
      : new TextEncoder().encode(content).length;
    return { kind: "file", sizeBytes, linkCount: 1, identity: `test:${real}` };
  }
}

function join(base: string, path: string): string {
  return path.startsWith("/") ? path : `${base}/${path}`;
}

function failed(written: string, lexical: string, failure: string): ResolvedPath {
  const nothing = { sizeBytes: null, linkCount: null, identity: null };
  return { written, lexical, real: null, kind: "unknown", failure, ...nothing };
}
