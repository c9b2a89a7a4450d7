/**
 * `sealward policy unlock`: the owner may write the policy again.
 *
 * @module
 */
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { printLock } from "./policy_lock.ts";

export const policyUnlockCommand: Command<CliContext> = {
  path: ["policy", "unlock"],
  summary: "Let the owner write the policy's files again",
  description:
    "Takes the immutable attribute away, sets mode 0644, and records that the files need " +
    "not be found locked any more. The policy in force stays the same.",
  examples: [{ command: "sealward policy unlock", what: "before editing the policy" }],
  flags: [],
  exits: [[0, "the files may be written"], [1, "the disk would not have it"]],
  run: runPolicyUnlock,
};

async function runPolicyUnlock(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const outcome = await context.host.unlockPolicy(parsed.flags.text("root"));
  const isOpen = outcome.files.every(({ is_immutable }) => !is_immutable) && !outcome.isLocked;
  printLock(context, parsed, outcome, isOpen ? "unlocked" : "STILL LOCKED");
  return isOpen ? 0 : 1;
}
