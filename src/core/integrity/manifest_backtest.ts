/**
 * What a manifest says of the backtest its policy went through.
 *
 * @module
 */

/** Where the report lies, for reviewers: its bytes have the hash in the manifest. Decides nothing. */
export const backtestFile = ".scalpel/policy.backtest.json";

/** Wire form; counts as in BacktestReport. */
export interface ManifestBacktest {
  /** Of the report's bytes, 64 lower-case hex digits. */
  readonly report_sha256: string;
  /** Which log was replayed. */
  readonly log_id: string;
  readonly entries: number;
  readonly decisions: number;
  /** Decisions that were stopped and would be allowed now. */
  readonly widened: number;
  /** How many of these a human acknowledged: all, or nothing is signed. */
  readonly acknowledged: number;
  readonly unjudged: number;
}
