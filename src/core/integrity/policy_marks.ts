/**
 * What the disk says of the policy's files beside their bytes: which files they are, who may write
 * them, when they were touched. policy/SPEC.md, "On the disk".
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import type { Sha256 } from "../ports.ts";

/** One file, as fstat(2) said when its bytes were read. */
export interface FileMark {
  /** Relative to the root. */
  readonly path: string;
  readonly device: number;
  readonly inode: number;
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  /** `uid:gid`. */
  readonly owner: string;
  /** When it was written last, and when anything about it changed last; milliseconds. */
  readonly timesMs: readonly [written: number, changed: number];
}

/** All of them, as the log keeps it. */
export interface PolicyMarks {
  /** `device:inode mode owner written:changed` of policy.yaml. */
  readonly policy: string;
  /** SHA-256 (hex) of what a lock fixes of every file: path, inode, mode, owner. */
  readonly fixed: string;
  /** SHA-256 (hex) of all that is known of every file. */
  readonly seen: string;
  /** Files that others than their owner may write, sorted. */
  readonly loose: readonly string[];
  /** Files with any write bit, sorted. */
  readonly writable: readonly string[];
}

/** Sums up what was seen; `main` is the path of policy.yaml among them. */
export function sumMarks(
  files: readonly FileMark[],
  { main, sha256 }: { readonly main: string; readonly sha256: Sha256 },
): PolicyMarks {
  const sorted = [...files].sort((a, b) => a.path < b.path ? -1 : 1);
  const pathsWith = (bits: number) =>
    sorted.filter(({ mode }) => (mode & bits) !== 0).map(({ path }) => path);
  const hash = (encode: (mark: FileMark) => string) => {
    const lines = sorted.map((mark) => `${encode(mark)} ${mark.path}\n`);
    return encodeHex(sha256(new TextEncoder().encode(lines.join(""))));
  };
  const policy = sorted.find(({ path }) => path === main);
  return {
    policy: policy === undefined ? "" : encodeMark(policy),
    fixed: hash(({ inode, mode, owner }) => `${inode} ${mode.toString(8)} ${owner}`),
    seen: hash(encodeMark),
    loose: pathsWith(0o022),
    writable: pathsWith(0o222),
  };
}

function encodeMark({ device, inode, mode, owner, timesMs }: FileMark): string {
  return `${device}:${inode} ${mode.toString(8)} ${owner} ${timesMs.join(":")}`;
}

const words = ["identity", "mode", "owner", "times"] as const;

/** What of policy.yaml differs between two marks of it; empty when nothing does. */
export function compareMarks(before: string, after: string): readonly (typeof words[number])[] {
  const [old, now] = [before.split(" "), after.split(" ")];
  return words.filter((_, index) => old[index] !== now[index]);
}
