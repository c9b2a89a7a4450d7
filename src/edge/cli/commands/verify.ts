/**
 * `sealward verify`: is the policy the accepted one, and does the log verify?
 *
 * @module
 */
import { renderLogReport } from "../../render_log_report.ts";
import { renderPolicyStatus } from "../../render_policy_status.ts";
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { policyExit, verdictExit, worstExit } from "./decision_exit.ts";
import { printAnswer } from "./print.ts";

export const verifyCommand: Command<CliContext> = {
  path: ["verify"],
  summary: "Verify policy and log",
  description: "Compares the policy with the accepted one and walks the whole log from genesis.",
  examples: [{ command: "sealward verify --format json", what: "both, for a program" }],
  flags: [],
  exits: [
    [0, "policy accepted, log intact"],
    [1, "could not look"],
    [2, "nobody has accepted the policy"],
    [5, "policy or log was tampered with"],
  ],
  run: runVerify,
};

async function runVerify(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const root = parsed.flags.text("root");
  // The log first: a policy is trusted by what a verified log says.
  const log = await context.host.verifyLog(root);
  const logExit = verdictExit(log.verdict);
  if (logExit !== 0) {
    const text = parsed.format === "table"
      ? renderLogReport(log, context.render("table"))
      : renderJson({ schema_version: 1, allowed: false, policy: null, log }, parsed.format);
    printAnswer(context, parsed, text);
    return logExit;
  }
  const install = await context.host.open({ root, role: "one-shot", runsChecks: false });
  const policy = await install.engine.verifyPolicy();
  await install.close();
  const options = context.render(parsed.format);
  const text = parsed.format === "table"
    ? renderPolicyStatus(policy, options) + renderLogReport(log, options)
    : renderJson({ schema_version: 1, policy, log }, parsed.format);
  printAnswer(context, parsed, text);
  return worstExit([policyExit(policy.status), logExit]);
}
