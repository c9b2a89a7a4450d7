/**
 * One row of a host's truth table.
 *
 * @module
 */

/**
 * What becomes of the tool call. `host`: as if there were no hook;
 * `obeyed`: whatever the verdict says.
 */
export type TruthOutcome = "blocked" | "asks" | "host" | "obeyed" | "runs" | "unseen";

/** One row. */
export interface Truth {
  /** A verdict of ours, a failure of ours, or something the host never shows to a hook. */
  readonly kind: "verdict" | "failure" | "gap";
  readonly situation: string;
  /** What leaves our program, or its guard. */
  readonly prints: string;
  readonly host: string;
  readonly outcome: TruthOutcome;
  /** What remains open; null when nothing does. */
  readonly hole: string | null;
  /** What closes it, or narrows it; null when nothing is open, or nothing does. */
  readonly closes: string | null;
}
