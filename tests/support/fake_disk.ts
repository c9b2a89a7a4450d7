/**
 * A Disk in memory: folders, files, symlinks and hard links, resolved as the kernel does.
 */
import type { Disk, ResolvedPath } from "../../src/core/ports.ts";

/** What stands at an absolute path. `inode` is shared by hard links; default: one of its own. */
export type FakeNode =
  | { readonly kind: "file"; readonly bytes: number; readonly inode?: number }
  | { readonly kind: "pipe" }
  /** `isMount`: another file system begins here. */
  | { readonly kind: "folder"; readonly isClosed?: boolean; readonly isMount?: boolean }
  | { readonly kind: "link"; readonly target: string };

/** Absolute paths, without trailing slash; folders above a node are there without being named. */
export type FakeTree = Readonly<Record<string, FakeNode>>;

const maxLinks = 40;
type Walk = string | { readonly failure: string };

export function createFakeDisk(root: string, given: FakeTree): Disk {
  const nodes = new Map<string, FakeNode>([["/", { kind: "folder" }]]);
  for (const [path, node] of Object.entries({ [root]: { kind: "folder" } as const, ...given })) {
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
      const above = path.slice(0, at);
      if (!nodes.has(above)) nodes.set(above, { kind: "folder" });
    }
    nodes.set(path, node);
  }
  const resolve = (written: string, cwd: string | null): ResolvedPath => {
    const base = cwd === null ? root : absolute(root, cwd);
    const lexical = fold(absolute(base, written));
    const from = cwd === null ? root : walk(nodes, base);
    if (typeof from !== "string") return unknown(written, lexical, from.failure);
    const at = nodes.get(from)?.kind;
    if (at !== "folder") return unknown(written, lexical, isLeaf(at) ? "ENOTDIR" : "ENOENT");
    const real = walk(nodes, absolute(from, written));
    if (typeof real !== "string") return unknown(written, lexical, real.failure);
    const found = { written, lexical, real, failure: null, ...describe(nodes, real) };
    return isMounted(nodes, root, real) ? { ...found, isMounted: true } : found;
  };
  const listBelow = (folder: string, limit: number): readonly string[] | null => {
    const prefix = folder === "/" ? "/" : `${folder}/`;
    const below = [...nodes.keys()].filter((path) => path.startsWith(prefix) && path !== folder);
    const isClosed = [folder, ...below].some((path) => {
      const node = nodes.get(path);
      return node === undefined || (node.kind === "folder" && node.isClosed === true);
    });
    return isClosed || below.length > limit ? null : below;
  };
  const listNames = (folder: string) =>
    listBelow(folder, Infinity)?.filter((path) => !path.slice(folder.length + 1).includes("/"))
      .map((path) => path.slice(path.lastIndexOf("/") + 1)) ?? null;
  return {
    root,
    ownPlaces: [`${root}/.scalpel`],
    resolve,
    listBelow,
    listNames,
    readBytes: () => null,
    home: null,
  };
}

function absolute(base: string, path: string): string {
  return path.startsWith("/") ? path : `${base}/${path}`;
}

function fold(path: string): string {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}

function walk(nodes: ReadonlyMap<string, FakeNode>, path: string): Walk {
  const pending = path.split("/").reverse();
  let real = "/";
  let links = 0;
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === "" || name === ".") {
      if (isLeaf(nodes.get(real)?.kind)) return { failure: "ENOTDIR" };
      continue;
    }
    if (isLeaf(nodes.get(real)?.kind)) return { failure: "ENOTDIR" };
    const next = fold(`${real}/${name}`);
    const node = nodes.get(next);
    if (node?.kind !== "link") {
      real = next;
      continue;
    }
    if (++links > maxLinks) return { failure: "ELOOP" };
    if (node.target.startsWith("/")) real = "/";
    pending.push(...node.target.split("/").reverse());
  }
  return real;
}

function isLeaf(kind: FakeNode["kind"] | undefined): boolean {
  return kind === "file" || kind === "pipe";
}

/** Whether a mount lies between the root and a path, or the path is one. */
function isMounted(nodes: ReadonlyMap<string, FakeNode>, root: string, path: string): boolean {
  const top = root === "/" ? "/" : `${root}/`;
  for (let at = path; at.startsWith(top); at = at.slice(0, at.lastIndexOf("/"))) {
    const node = nodes.get(at);
    if (at !== root && node?.kind === "folder" && node.isMount === true) return true;
  }
  return false;
}

function describe(
  nodes: ReadonlyMap<string, FakeNode>,
  real: string,
): Pick<ResolvedPath, "kind" | "sizeBytes" | "linkCount" | "identity"> {
  const node = nodes.get(real);
  if (node?.kind === "folder") return { ...nothing, kind: "directory", identity: `1:${real}` };
  if (node?.kind === "pipe") return { ...nothing, kind: "other", identity: `1:${real}` };
  if (node?.kind !== "file") return { ...nothing, kind: "missing" };
  const { bytes, inode } = node;
  const names = inode === undefined
    ? 1
    : [...nodes.values()].filter((other) => other.kind === "file" && other.inode === inode).length;
  return {
    kind: "file",
    sizeBytes: bytes,
    linkCount: names,
    identity: `1:${inode ?? real}`,
  };
}

const nothing = { kind: "unknown", sizeBytes: null, linkCount: null, identity: null } as const;

function unknown(written: string, lexical: string, failure: string): ResolvedPath {
  return { ...nothing, written, lexical, real: null, failure };
}
