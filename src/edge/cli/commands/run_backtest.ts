/**
 * The verified log under a policy that is not in force: the report of what would change.
 *
 * @module
 */
import { BacktestBuilder } from "../../../core/replay/backtest_builder.ts";
import type { BacktestReport } from "../../../core/replay/backtest_report.ts";
import type { Candidate } from "../../../core/replay/judge_candidate.ts";
import type { SeqRange } from "../../../core/replay/seq_range.ts";
import type { BacktestInstall, CliContext } from "../host.ts";
import { ProgressLine } from "./progress_line.ts";

/** Judges every decision of the range; the log is verified while it is read. */
export async function runBacktest(
  context: CliContext,
  { engine, record, log }: Pick<BacktestInstall, "engine" | "record" | "log">,
  candidate: Candidate,
  range: SeqRange,
): Promise<BacktestReport> {
  const { seq: head } = await log.head();
  const progress = new ProgressLine(context, "judged");
  progress.begin(Math.min(head, range.last) - range.first + 1);
  const builder = new BacktestBuilder(record.log_id, candidate.digest);
  try {
    for await (const { entry, result } of engine.backtest(range, candidate)) {
      builder.add(entry, result);
      progress.advance(1, 1);
    }
  } finally {
    progress.end();
  }
  return builder.finish();
}
