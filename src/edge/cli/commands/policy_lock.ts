/**
 * `sealward policy lock`: the policy's files read-only, immutable where the system lets it, and what
 * that is worth.
 *
 * @module
 */
import { oneLine } from "../../../core/errors.ts";
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext, LockOutcome } from "../host.ts";
import { writeOutput } from "../output.ts";
import { printAnswer } from "./print.ts";

export const policyLockCommand: Command<CliContext> = {
  path: ["policy", "lock"],
  summary: "Make the policy's files read-only, and immutable where that can be",
  description:
    "Sets mode 0444 and, as root, the immutable attribute; reads both back, and records " +
    "how the files must be found. Files found otherwise are tampering until somebody runs lock or " +
    "unlock. Stops accidents; whoever owns the files, and root, can undo it.",
  examples: [{ command: "sealward policy lock", what: "lock the policy in force here" }],
  flags: [],
  exits: [
    [0, "the files are locked, read back and recorded"],
    [1, "the disk would not hold it"],
    [5, "the policy on disk is not the one in force"],
  ],
  run: runPolicyLock,
};

const worths: Readonly<Record<LockOutcome["holds"], string>> = {
  immutable: "immutable: root can undo it with chattr -i; a change is found by hash and mode",
  read_only:
    "read-only mode: whoever owns the file can undo it; a change is found by hash and mode",
  nothing: "neither: this file system ignores modes, or the files belong to somebody else; a " +
    "change is still found by its hash",
};

async function runPolicyLock(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const outcome = await context.host.lockPolicy(parsed.flags.text("root"));
  printLock(context, parsed, outcome, outcome.isLocked ? "locked" : "NOT LOCKED");
  if (outcome.isLocked) return 0;
  writeOutput(context.stderr, `sealward: warning: the policy is NOT LOCKED: ${worths.nothing}\n`);
  return 1;
}

/** One line for each file, or the outcome as a document. */
export function printLock(
  context: CliContext,
  parsed: ParsedArguments,
  { path, mode, isLocked, holds, files }: LockOutcome,
  word: string,
): void {
  const worth = worths[holds];
  const text = parsed.format === "table"
    ? files.map((file) => {
      const also = file.is_immutable ? ", immutable" : "";
      return `${word}  ${oneLine(file.path)} is ${file.mode}${also}\n`;
    }).join("") + (word === "unlocked" ? "" : `${worth}\n`)
    : renderJson(
      { schema_version: 1, path, mode, is_locked: isLocked, holds, worth, files },
      parsed.format,
    );
  printAnswer(context, parsed, text);
}
