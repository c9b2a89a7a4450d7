/**
 * `sealward policy lock`: the policy file read-only, and what that is worth.
 *
 * @module
 */
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { printAnswer } from "./print.ts";

export const policyLockCommand: Command<CliContext> = {
  path: ["policy", "lock"],
  summary: "Set the policy file read-only (0444)",
  description: "Stops accidents. Whoever owns the file, and root, can undo it: a changed policy " +
    "is found by its hash, not prevented by its mode.",
  examples: [{ command: "sealward policy lock", what: "lock the policy in force here" }],
  flags: [],
  exits: [[0, "the mode was set and reads back so"], [1, "it could not be set"]],
  run: runPolicyLock,
};

function runPolicyLock(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const outcome = context.host.lockPolicy(parsed.flags.text("root"));
  const worth = "whoever owns the file can undo it; a change is found by its hash";
  const text = parsed.format === "table"
    ? `${
      outcome.isLocked ? "locked" : "NOT LOCKED"
    }  ${outcome.path} is ${outcome.mode}: ${worth}\n`
    : renderJson({
      schema_version: 1,
      path: outcome.path,
      mode: outcome.mode,
      is_locked: outcome.isLocked,
      worth,
    }, parsed.format);
  printAnswer(context, parsed, text);
  return Promise.resolve(outcome.isLocked ? 0 : 1);
}
