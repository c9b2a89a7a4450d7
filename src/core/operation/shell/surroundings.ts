/**
 * What the shell walker may look at: names and scripts on the disk, nothing else. All paths are
 * relative to the project root or absolute. Nothing here throws.
 *
 * @module
 */

export interface ShellSurroundings {
  /** Absolute real path of the project root. */
  readonly root: string;
  /** The home folder of the user the command would run as; null when it is not known. */
  readonly home: string | null;
  /** What is there, symlinks followed; `unknown` when the disk would not say. */
  readonly kindOf: (path: string) => "file" | "directory" | "other" | "missing" | "unknown";
  /** Names in a folder, unsorted, without `.` and `..`; null when it cannot be listed. */
  readonly listNames: (folder: string) => readonly string[] | null;
  /** Paths below a folder, as `folder/…`, at most `limit`; null when more, or unreadable. */
  readonly listBelow: (folder: string, limit: number) => readonly string[] | null;
  /** Text of a regular file of at most limits.maxScriptBytes in UTF-8; null for anything else. */
  readonly readText: (path: string) => string | null;
  /** Whether this file was written through the engine lately (state of the log). */
  readonly wasWritten: (path: string) => boolean;
}
