/**
 * `sealward override list`: who asks for what, what is granted, and who may grant it.
 *
 * @module
 */
import { renderOverrideListing } from "../../render_override_listing.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { onRoad, roadFlags } from "./override_flags.ts";
import { printAnswer } from "./print.ts";

export const overrideListCommand: Command<CliContext> = {
  path: ["override", "list"],
  summary: "Show requests for an exception, grants, and who may approve",
  description:
    "Requests that wait for an answer, with the time they have left; grants that still " +
    "hold; approvers of the policy in force, and until when too many wrong codes lock one out; " +
    "enrolments, of which those count that the policy names.",
  examples: [{ command: "sealward override list", what: "what waits for you" }],
  flags: [...roadFlags],
  exits: [[0, "shown"], [1, "could not look"], [5, "policy or log was tampered with"]],
  run: runOverrideList,
};

async function runOverrideList(context: CliContext, parsed: ParsedArguments): Promise<number> {
  return await onRoad(context, parsed, { role: "approver" }, async (road) => {
    const listing = await road.list();
    const options = context.render(parsed.format);
    printAnswer(context, parsed, renderOverrideListing(listing, { ...options, nowMs: Date.now() }));
    return 0;
  });
}
