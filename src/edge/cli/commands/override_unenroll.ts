/**
 * `sealward override unenroll`: ends an enrolment.
 *
 * @module
 */
import { EngineError, oneLine, toEngineError } from "../../../core/errors.ts";
import type { EnrolmentView } from "../../../pdp/override_desk.ts";
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { confirmPerson } from "./confirm_person.ts";
import { printAnswer } from "./print.ts";
import { requirePerson, tell } from "./require_person.ts";

export const overrideUnenrollCommand: Command<CliContext> = {
  path: ["override", "unenroll"],
  summary: "End a person's enrolment",
  description:
    "Codes and recovery codes of it count no more, and its secret is removed. A CRITICAL " +
    "entry says who ended it. Only on a terminal; in a guarded install only as the engine's user.",
  examples: [{ command: "sealward override unenroll alice", what: "by name, or by id" }],
  flags: [],
  positionals: [{
    name: "NAME|ID",
    required: true,
    variadic: false,
    description: "Name or id, as `sealward override list` shows them",
  }],
  exits: [
    [0, "ended"],
    [1, "could not write"],
    [2, "not confirmed: nothing was changed"],
    [3, "no such enrolment"],
    [5, "log tampered with"],
    [64, "nobody sits at a terminal"],
  ],
  run: runOverrideUnenroll,
};

async function runOverrideUnenroll(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { host } = context;
  requirePerson(host);
  const keeper = await host.overrideKeeper(parsed.flags.text("root"), []);
  try {
    for (const warning of keeper.warnings) tell(context, `warning: ${warning}`);
    const { enrolments } = await keeper.overrides.list();
    const { id, name } = choose(enrolments, parsed.positionals[0] ?? "");
    await confirmPerson(context, `End the enrolment ${id} of ${name}? [y/N]`);
    await keeper.overrides.unenrol(id, keeper.principal);
    try {
      keeper.removeSeed(id);
    } catch (error) {
      // It counts no more all the same: the log says so.
      tell(context, `the secret stayed: ${toEngineError(error).message}`);
    }
    const text = parsed.format === "table"
      ? `${name} is no longer enrolled: ${id} has ended\n`
      : renderJson({ schema_version: 1, id, name, ended: true }, parsed.format);
    printAnswer(context, parsed, text);
  } finally {
    await keeper.close();
  }
  return 0;
}

function choose(enrolments: readonly EnrolmentView[], wanted: string): EnrolmentView {
  const [found, ...more] = enrolments.filter(({ id, name }) => id === wanted || name === wanted);
  if (found !== undefined && more.length === 0) return found;
  const what = found === undefined ? "Nobody is enrolled as" : "More than one is enrolled as";
  throw new EngineError("override_unknown", `${what} "${oneLine(wanted, 80)}"`, {
    hint: "look for the id: sealward override list",
  });
}
