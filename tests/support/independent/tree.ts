/**
 * The tree over the lines of a log, RFC 6962 section 2.1, kept as its complete subtrees, largest
 * first. Hashes are hex digits.
 */
import { isRecord } from "./read_line.ts";
import { hex, unhex } from "./secrets.ts";

export interface Tree {
  readonly size: number;
  readonly hashes: readonly string[];
}

export const emptyTree: Tree = { size: 0, hashes: [] };
const maxRemembered = 20_000;
const remembered = new Map<string, string>();

async function hash(prefix: number, content: Uint8Array, name: string): Promise<string> {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const digest = await crypto.subtle.digest("SHA-256", Uint8Array.of(prefix, ...content));
  if (remembered.size >= maxRemembered) remembered.clear();
  remembered.set(name, hex(new Uint8Array(digest)));
  return hex(new Uint8Array(digest));
}

/** Of a line without its LF; ASCII, so a character is a byte. */
export function hashLeaf(line: string): Promise<string> {
  return hash(0, new TextEncoder().encode(line), line);
}

function hashNode(left: string, right: string): Promise<string> {
  return hash(1, unhex(left + right), left + right);
}

/** The tree with one more leaf: two subtrees of one size become one. */
export async function appendLeaf(tree: Tree, leaf: string): Promise<Tree> {
  const hashes = [...tree.hashes];
  let right = leaf;
  for (let size = tree.size; size % 2 === 1; size = (size - 1) / 2) {
    right = await hashNode(hashes.pop() ?? "", right);
  }
  return { size: tree.size + 1, hashes: [...hashes, right] };
}

/** Folded from the right end; of an empty tree the hash of nothing. */
export async function rootOf({ hashes }: Tree): Promise<string> {
  const [last, ...others] = hashes.toReversed();
  if (last === undefined) {
    return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array())));
  }
  let root = last;
  for (const left of others) root = await hashNode(left, root);
  return root;
}

/** Null unless the value is a tree of exactly these two members that can exist. */
export function readTree(value: unknown): Tree | null {
  if (!isRecord(value) || Object.keys(value).toSorted().join() !== "hashes,size") return null;
  const { size, hashes } = value;
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) return null;
  if (!Array.isArray(hashes)) return null;
  const ones = size.toString(2).replaceAll("0", "").length;
  const areHashes = hashes.every((one) => typeof one === "string" && /^[0-9a-f]{64}$/.test(one));
  return areHashes && hashes.length === ones ? { size, hashes } : null;
}

export function isSameTree(one: Tree | null, other: Tree): boolean {
  return one !== null && one.size === other.size && one.hashes.join() === other.hashes.join();
}
