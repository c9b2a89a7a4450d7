/**
 * What an engine looks at before it serves beside a program: the same as `verify`, with its findings
 * on stderr.
 *
 * @module
 */
import { renderLogReport } from "../../render_log_report.ts";
import { renderPolicyStatus } from "../../render_policy_status.ts";
import type { CliContext, OpenInstall } from "../host.ts";
import { writeOutput } from "../output.ts";
import { policyExit, verdictExit } from "./decision_exit.ts";

export const verifyBeside = {
  /** Before the install is opened. The exit status; 0 when all is well. */
  log: async (context: CliContext, root: string | null): Promise<number> => {
    const log = await context.host.verifyLog(root);
    const exit = verdictExit(log.verdict);
    if (exit !== 0) {
      writeOutput(context.stderr, renderLogReport(log, context.renderErrors("table")));
    }
    return exit;
  },
  /** Closes an install that has no policy to go by. */
  policy: async (context: CliContext, install: OpenInstall): Promise<number> => {
    const policy = await install.engine.verifyPolicy();
    const exit = policyExit(policy.status);
    if (exit === 0) return 0;
    writeOutput(context.stderr, renderPolicyStatus(policy, context.renderErrors("table")));
    await install.close();
    return exit;
  },
};
