/**
 * `sealward override deny`: a person says no.
 *
 * @module
 */
import { renderOverrideStatus } from "../../render_override_status.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import {
  justificationFlag,
  onRoad,
  readId,
  requestPositional,
  roadFlags,
} from "./override_flags.ts";
import { printAnswer } from "./print.ts";
import { readJustification } from "./read_justification.ts";

export const overrideDenyCommand: Command<CliContext> = {
  path: ["override", "deny"],
  summary: "Refuse a request",
  description: "Ends the request. It takes no code: saying no widens nothing.",
  examples: [{
    command: 'sealward override deny ID --justification "not before the release"',
    what: "and the log says why",
  }],
  flags: [justificationFlag, ...roadFlags],
  positionals: [requestPositional],
  exits: [
    [0, "denied"],
    [1, "could not look or write"],
    [3, "no such request, or it is answered"],
    [5, "policy or log was tampered with"],
  ],
  run: runOverrideDeny,
};

async function runOverrideDeny(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const id = readId(parsed);
  const justification = await readJustification(context, parsed);
  return await onRoad(context, parsed, { role: "approver" }, async (road) => {
    const status = await road.deny(id, justification);
    printAnswer(context, parsed, renderOverrideStatus(status, context.render(parsed.format)));
    return status.status === "denied" ? 0 : 2;
  });
}
