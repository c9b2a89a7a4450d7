/**
 * Starting a program once policy, log and binary were checked; implemented in compose/exec/.
 *
 * @module
 */
export interface LaunchRequest {
  readonly root: string | null;
  /** Program, then arguments; at least the program. */
  readonly command: readonly string[];
  /** `USER[:GID]` as typed; null: the program runs as whoever started us. */
  readonly user: string | null;
  /** Somebody has read what a program of the engine's own user is worth. */
  readonly isSameUserAgreed: boolean;
  /** Null: no engine runs beside the program. Port 0: the system chooses. */
  readonly serve: { readonly port: number } | null;
  readonly isQuiet: boolean;
  /** Takes one line, without line feed. */
  readonly say: (line: string) => void;
}

/**
 * Checks, starts the program, passes signals on and waits for its end.
 *
 * @returns The program's exit status; 128 and the number of the signal that ended it.
 * @throws {EngineError} Nothing was started: `exec_refused`, `exec_missing`, `exec_failed`. With
 *   `exec_failed` also when the engine beside it ended first: then the program was ended.
 */
export type Launch = (request: LaunchRequest) => Promise<number>;
