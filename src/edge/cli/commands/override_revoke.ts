/**
 * `sealward override revoke`: takes an approval back.
 *
 * @module
 */
import { renderOverrideStatus } from "../../render_override_status.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { justificationFlag, onRoad, readId, roadFlags } from "./override_flags.ts";
import { printAnswer } from "./print.ts";
import { readJustification } from "./read_justification.ts";

export const overrideRevokeCommand: Command<CliContext> = {
  path: ["override", "revoke"],
  summary: "Take an approval back before it is used up",
  description: "Ends the grant: the next decision is what it was without it. What it has allowed " +
    "already is not undone. It takes no code.",
  examples: [{
    command: 'sealward override revoke OVERRIDE_ID --justification "no longer needed"',
    what: "and the log says why",
  }],
  flags: [justificationFlag, ...roadFlags],
  positionals: [{
    name: "OVERRIDE_ID",
    required: true,
    variadic: false,
    description: "Of the grant, as `sealward override list` names it",
  }],
  exits: [
    [0, "revoked"],
    [1, "could not look or write"],
    [2, "it was used up meanwhile"],
    [3, "no such grant, or it is used up, over or revoked"],
    [5, "policy or log was tampered with"],
  ],
  run: runOverrideRevoke,
};

async function runOverrideRevoke(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const id = readId(parsed);
  const justification = await readJustification(context, parsed);
  return await onRoad(context, parsed, { role: "approver" }, async (road) => {
    const status = await road.revoke(id, justification);
    printAnswer(context, parsed, renderOverrideStatus(status, context.render(parsed.format)));
    return status.status === "revoked" ? 0 : 2;
  });
}
