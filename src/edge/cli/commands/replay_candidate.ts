/**
 * `sealward replay --candidate`: which logged decisions another policy would have made differently.
 *
 * @module
 */
import { EngineError } from "../../../core/errors.ts";
import { type BacktestReport, encodeBacktestReport } from "../../../core/replay/backtest_report.ts";
import type { SeqRange } from "../../../core/replay/seq_range.ts";
import { renderBacktest } from "../../render_backtest.ts";
import type { ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { loadDraft } from "./load_draft.ts";
import { printAnswer, say } from "./print.ts";
import { runBacktest } from "./run_backtest.ts";

/** 2 when a decision would change, else 1 when one could not be judged. */
export async function replayCandidate(
  context: CliContext,
  parsed: ParsedArguments,
  range: SeqRange,
): Promise<number> {
  const { host } = context;
  const named = parsed.flags.text("candidate") ?? "";
  const candidate = await loadDraft(host.readDraft(host.absolute(named)), named);
  const output = parsed.flags.text("report");
  const outputs = output === null ? [] : [host.absolute(output)];
  const root = parsed.flags.text("root");
  const install = await host.open({ root, outputs, role: "one-shot" });
  try {
    const report = await runBacktest(context, install, candidate, range);
    if (report.decisions === 0) throw noDecision();
    for (const path of outputs) {
      host.writeOutputFile(path, new TextDecoder().decode(encodeBacktestReport(report)));
      say(context, parsed, "wrote the backtest report");
    }
    printAnswer(context, parsed, renderBacktest(report, context.render(parsed.format)));
    return exitOf(report);
  } finally {
    await install.close();
  }
}

function noDecision(): EngineError {
  return new EngineError(
    "decision_missing",
    "Cannot judge by the candidate: there is no decision",
    {
      hint: "see `sealward audit query --type audit.decision`",
    },
  );
}

/** What no policy decided says nothing about a policy. */
function exitOf({ changed, unjudged_groups: unjudged }: BacktestReport): number {
  if (changed > 0) return 2;
  return unjudged.some(({ code }) => code !== "no_policy") ? 1 : 0;
}
