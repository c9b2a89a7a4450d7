/**
 * What wiring needs of the machine: the settings files of hosts, and a shell for the canary.
 *
 * @module
 */
import type { LineOutcome } from "./canary.ts";
import type { HostName } from "./hook_line.ts";
import type { Backup } from "./edit_settings.ts";

/** What a settings file shall become. */
export interface Replacement {
  readonly path: string;
  /** What was shown; null when there was no file. */
  readonly before: string | null;
  /** Null removes the file. */
  readonly after: string | null;
  /** Keeps a copy of what was there under a free name. */
  readonly keepsBackup: boolean;
}

export interface AgentFiles {
  /** Absolute path of this program; null when it runs from source: no host could start that. */
  readonly program: string | null;
  /** A host's own folder of this user; null when HOME is no absolute path. */
  readonly userFolder: (host: HostName) => string | null;
  /**
   * The text; null when there is no file.
   *
   * @throws {EngineError} `settings_invalid` for a link, another's file, no UTF-8, over 1 MiB.
   */
  readonly read: (path: string) => string | null;
  /** Newest first; what cannot be read is left out. */
  readonly readBackups: (path: string) => readonly Backup[];
  /**
   * Replaces the file in one step; mode kept.
   *
   * @returns Path of the backup, null when none was made.
   * @throws {EngineError} `settings_invalid` when the file is no longer what was shown;
   *   `output_unwritable`.
   */
  readonly replace: (replacement: Replacement) => string | null;
  /** Removes a backup whose bytes are in place again. */
  readonly removeBackup: (path: string) => void;
  /** A regular file this user may execute. */
  readonly isRunnable: (path: string) => boolean;
  /** Whether a path leads to this very program. */
  readonly isThisProgram: (path: string) => boolean;
  /** Starts the line as a host does: /bin/sh -c, little environment, `stdin` on standard input. */
  readonly runLine: (line: string, stdin: string, cwd: string) => Promise<LineOutcome>;
  /** 128 random bits, hex. */
  readonly newId: () => string;
}
