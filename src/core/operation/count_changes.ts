/**
 * How much an operation changes: its distinct files plus its changed lines.
 *
 * @module
 */
import type { Operation } from "./operation.ts";
import { parseChange } from "./parse_change.ts";
import type { Diff } from "./parse_diff.ts";

export interface ChangeCount {
  /** Distinct files, as written, of `affected_files` and `diff`. */
  readonly files: number;
  /** Null when the operation changes lines and does not show them. */
  readonly changedLines: number | null;
  /** `files` plus `changedLines`; at least this much when those are null. */
  readonly total: number;
}

/** Types that take files whole: they change names, modes or nothing, but no line. */
const linelessTypes: ReadonlySet<string> = new Set([
  "file_read",
  "file_delete",
  "file_rename",
  "file_copy",
  "file_link",
  "chmod",
  "chown",
  "network",
]);

/**
 * Counts changes. Lines are those a diff adds and removes, or all of `content`, which replaces the
 * file; with both the larger, or those of the diff where it shows all of the content.
 */
export function countChanges(operation: Operation): ChangeCount {
  const { affectedFiles, content, diff } = operation;
  const parsed = diff === null ? null : parseChange(diff);
  const files = new Set([...affectedFiles, ...parsed?.paths ?? []]).size;
  let changedLines: number | null = null;
  if (parsed !== null) {
    // SECURITY: with both given nobody knows which is applied: the larger counts, unless they are
    // one and the same change.
    const shown = content === null || isWholeOf(parsed, content) ? 0 : countLines(content);
    changedLines = Math.max(parsed.addedLines + parsed.removedLines, shown);
  } else if (diff === null && content !== null) changedLines = countLines(content);
  else if (diff === null && linelessTypes.has(operation.type)) changedLines = 0;
  return { files, changedLines, total: files + (changedLines ?? 0) };
}

/** The diff is one hunk of one file, and what it leaves is the content, to the last line. */
function isWholeOf({ paths, hunks }: Diff, content: string): boolean {
  return paths.size === 1 && hunks.length === 1 && hunks[0]?.newText === content;
}

function countLines(text: string): number {
  let lines = text === "" || text.endsWith("\n") ? 0 : 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}
