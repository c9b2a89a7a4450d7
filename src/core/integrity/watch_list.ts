/**
 * The list of protected files as it is kept beside the log, under its SHA-256. audit/SPEC.md,
 * "Protected files", is the format.
 *
 * @module
 */
import { maxWatchListBytes } from "../limits.ts";

/** Protected files as they were recorded. */
export interface WatchList {
  /** Stamps by path relative to the root. */
  readonly files: ReadonlyMap<string, string>;
  /** The first path, in order of UTF-16, that found no room any more; null when all did. */
  readonly cutAt: string | null;
}

/** One line of JSON for each file, sorted by path; a line that is a string is where it was cut. */
export function encodeWatchList(
  files: WatchList["files"],
): { readonly bytes: Uint8Array; readonly cutAt: string | null } {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  let cutAt: string | null = null;
  let left = maxWatchListBytes;
  for (const [path, stamp] of [...files].sort(([a], [b]) => a < b ? -1 : 1)) {
    const part = encoder.encode(`${JSON.stringify([path, stamp])}\n`);
    left -= part.length;
    if (left < 0) cutAt ??= path;
    parts.push(cutAt === null ? part : encoder.encode(`${JSON.stringify(path)}\n`));
    if (cutAt !== null) break;
  }
  return { bytes: join(parts), cutAt };
}

/** @param bytes Checked by the caller against the hash in the log. */
export function parseWatchList(bytes: Uint8Array): WatchList {
  const files = new Map<string, string>();
  let cutAt: string | null = null;
  for (const line of new TextDecoder().decode(bytes).split("\n").slice(0, -1)) {
    const item = JSON.parse(line) as string | readonly [string, string];
    if (typeof item === "string") cutAt = item;
    else files.set(...item);
  }
  return { files, cutAt };
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let filled = 0;
  for (const part of parts) {
    bytes.set(part, filled);
    filled += part.length;
  }
  return bytes;
}
