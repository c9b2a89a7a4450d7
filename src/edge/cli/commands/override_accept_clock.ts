/**
 * `sealward override accept-clock`: a person says that the clock is right now.
 *
 * @module
 */
import { EngineError } from "../../../core/errors.ts";
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { confirmPerson } from "./confirm_person.ts";
import { printAnswer } from "./print.ts";
import { requirePerson, tell } from "./require_person.ts";

export const overrideAcceptClockCommand: Command<CliContext> = {
  path: ["override", "accept-clock"],
  summary: "Measure approvals by the clock as it is now",
  description:
    "While the clock is behind a time the log has seen, nothing is approved and no approval holds. " +
    "If it was the earlier time that was wrong, this goes on from now: every request, approval and " +
    "lock ends, and a CRITICAL entry says who decided it. Only on a terminal; in a guarded install " +
    "only as the engine's user.",
  examples: [{
    command: "sealward override accept-clock",
    what: "look at the clock, then answer y",
  }],
  flags: [],
  exits: [
    [0, "accepted"],
    [1, "could not write"],
    [2, "not confirmed, or the clock is not behind: nothing was changed"],
    [5, "log tampered with"],
    [64, "nobody sits at a terminal"],
  ],
  run: runOverrideAcceptClock,
};

async function runOverrideAcceptClock(
  context: CliContext,
  parsed: ParsedArguments,
): Promise<number> {
  requirePerson(context.host);
  const keeper = await context.host.overrideKeeper(parsed.flags.text("root"), []);
  try {
    for (const warning of keeper.warnings) tell(context, warning);
    // Before anybody is asked: there may be nothing to agree to.
    const seenAt = await keeper.overrides.clockBack();
    if (seenAt === null) {
      throw new EngineError("override_refused", "The clock is not behind: nothing to accept", {
        hint: "approvals go on as they are; `sealward override list` shows them",
      });
    }
    tell(context, `the log has seen ${seenAt}`);
    const now = new Date(keeper.nowUnixSeconds() * 1000).toISOString();
    await confirmPerson(context, `Is it ${now}, and shall every request and approval end? [y/N]`);
    await keeper.overrides.acceptClock(keeper.principal);
    const text = parsed.format === "table"
      ? `approvals are measured from ${now} on\n`
      : renderJson({ schema_version: 1, accepted_at: now }, parsed.format);
    printAnswer(context, parsed, text);
  } finally {
    await keeper.close();
  }
  return 0;
}
