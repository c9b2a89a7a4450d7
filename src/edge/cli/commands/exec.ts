/**
 * `sealward exec -- PROGRAM`: starts a program once policy, log and binary are as they should be.
 *
 * @module
 */
import { EngineError, toEngineError } from "../../../core/errors.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { usageError } from "../usage_error.ts";
import { say } from "./print.ts";
import { parsePort } from "./serve.ts";

export const execCommand: Command<CliContext> = {
  path: ["exec"],
  summary: "Check policy, log and binary, then start a program (for containers)",
  description:
    "Looks as `verify` does, and starts the program only when all is well. Signals are " +
    "passed on to it and its exit status is passed back. It judges nothing the program does: the " +
    "program has to ask. docs/containers.md says what this holds against whom.",
  usage: "[FLAGS] -- PROGRAM [ARGUMENTS...]",
  examples: [
    {
      command: "sealward exec --serve --uid agent -- agent-loop",
      what: "as root of a container: engine and agent under users of their own",
    },
    { command: "sealward exec --same-uid -- make test", what: "only the check at the start" },
  ],
  flags: [
    { name: "serve", kind: "boolean", description: "Run the engine beside it, on 127.0.0.1" },
    { name: "port", kind: "string", value: "PORT", description: "Of that engine (a free one)" },
    {
      name: "uid",
      kind: "string",
      value: "USER[:GID]",
      description: "Start the program as another user: a uid or a name; needs root",
    },
    {
      name: "same-uid",
      kind: "boolean",
      description: "Start it as the engine's own user: it can then read keys and change the log",
    },
  ],
  rest: {
    name: "PROGRAM",
    required: true,
    variadic: true,
    description: "The program and its arguments",
  },
  formats: [],
  exits: [
    [0, "the program ended with 0; every other status of its own is passed on"],
    [125, "it could not be looked, or the engine beside it ended"],
    [126, "refused: policy, log or binary is not as it should be, or no program may be run so"],
    [127, "there is no such program"],
    [128, "and the number of a signal: that signal ended the program"],
  ],
  run: runExec,
};

async function runExec(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { flags, rest } = parsed;
  const port = parsePort(flags.text("port"));
  if (port !== null && !flags.isSet("serve")) {
    throw usageError("Flag --port is of no use without --serve", "add --serve, or leave it out");
  }
  if (rest[0] === "") throw usageError("The program's name is empty", "name one after --");
  try {
    return await context.host.launch({
      root: flags.text("root"),
      command: rest,
      user: flags.text("uid"),
      isSameUserAgreed: flags.isSet("same-uid"),
      serve: flags.isSet("serve") ? { port: port ?? 0 } : null,
      isQuiet: flags.isSet("quiet"),
      say: (line) => say(context, parsed, line),
    });
  } catch (error) {
    throw asLaunchError(toEngineError(error));
  }
}

/** SECURITY: no failure of ours may end with a status that reads as the program's own. */
function asLaunchError(error: EngineError): EngineError {
  if (error.code === "usage" || error.exit >= 125) return error;
  const code = error.exit === 1 ? "exec_failed" : "exec_refused";
  const hint = error.hint === null ? {} : { hint: error.hint };
  return new EngineError(code, `${error.message} (${error.code})`, { ...hint, cause: error });
}
