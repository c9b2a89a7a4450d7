/**
 * `sealward audit verify`: walks the chain from genesis.
 *
 * @module
 */
import { renderLogReport } from "../../render_log_report.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { verdictExit } from "./decision_exit.ts";
import { printAnswer } from "./print.ts";

export const auditVerifyCommand: Command<CliContext> = {
  path: ["audit", "verify"],
  summary: "Walk the log's chain from genesis",
  examples: [{ command: "sealward audit verify", what: "verdict, and where the first finding is" }],
  flags: [],
  exits: [
    [0, "intact, or torn at its end by a crash"],
    [1, "could not look"],
    [5, "edited, cut, replaced, or another log"],
  ],
  run: runAuditVerify,
};

async function runAuditVerify(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const report = await context.host.verifyLog(parsed.flags.text("root"));
  printAnswer(context, parsed, renderLogReport(report, context.render(parsed.format)));
  return verdictExit(report.verdict);
}
