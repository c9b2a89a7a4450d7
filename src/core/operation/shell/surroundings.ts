/**
 * What the shell walker may look at: names and scripts on the disk, nothing else. All paths are
 * absolute. Nothing here throws.
 *
 * @module
 */

export interface ShellSurroundings {
  /** Absolute real path of the project root. */
  readonly root: string;
  /** The home folder of the user the command would run as; null when it is not known. */
  readonly home: string | null;
  /** The kernel's answer for a path, `..` climbing from where symlinks led; null when it has none. */
  readonly realPath: (path: string) => string | null;
  /** What is there, symlinks followed; `unknown` when the disk would not say. */
  readonly kindOf: (path: string) => "file" | "directory" | "other" | "missing" | "unknown";
  /** Names in a folder, unsorted, without `.` and `..`; null when it cannot be listed. */
  readonly listNames: (folder: string) => readonly string[] | null;
  /** Absolute paths below a folder, at most `limit`; null when more, or unreadable. */
  readonly listBelow: (folder: string, limit: number) => readonly string[] | null;
  /** Text of a regular file of at most limits.maxScriptBytes in UTF-8; null for anything else. */
  readonly readText: (path: string) => string | null;
  /** Whether this file was written through the engine lately (state of the log). */
  readonly wasWritten: (path: string) => boolean;
  /** Whether a path is protected by its name alone, as it is written. */
  readonly isProtected: (path: string) => boolean;
  /**
   * Protected files among those git tracks, which any change of branch may rewrite; null when the
   * index is there and cannot be read.
   */
  readonly trackedProtected: () => readonly string[] | null;
}
