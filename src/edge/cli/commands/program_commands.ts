/**
 * `sealward version|completion|help`: what the program says about itself.
 *
 * @module
 */
import { renderJson } from "../../render.ts";
import { type Command, type ParsedArguments, programName } from "../command.ts";
import { renderCompletion, type Shell, shells } from "../completion.ts";
import { renderHelpFor } from "../help.ts";
import type { CliContext } from "../host.ts";
import { printAnswer } from "./print.ts";

export const versionCommand: Command<CliContext> = {
  path: ["version"],
  summary: "Show version, commit and runtime base",
  examples: [{ command: "sealward version --format json", what: "with the baked permissions" }],
  flags: [],
  exits: [[0, "shown"]],
  run: runVersion,
};

function runVersion(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const info = context.host.buildInfo();
  const commit = info["commit"] === null ? "" : ` (${info["commit"]})`;
  const text = parsed.format === "table"
    ? `sealward ${info["version"]}${commit} base ${info["base"]}\n`
    : renderJson({ schema_version: 1, ...info }, parsed.format);
  printAnswer(context, parsed, text);
  return Promise.resolve(0);
}

/** Completion and help speak of the whole table, themselves included. */
export function createTableCommands(
  commands: () => Promise<readonly Command<CliContext>[]>,
): readonly Command<CliContext>[] {
  return [{
    path: ["completion"],
    summary: "Print a completion script for your shell",
    examples: [{ command: "source <(sealward completion bash)", what: "for this bash" }],
    flags: [],
    positionals: [{
      name: "SHELL",
      required: true,
      variadic: false,
      choices: shells,
      description: "bash, zsh or fish",
    }],
    formats: [],
    exits: [[0, "printed"]],
    run: async (context, parsed) => {
      const shell = parsed.positionals[0] as Shell;
      printAnswer(context, parsed, renderCompletion(shell, await commands(), programName));
      return 0;
    },
  }, {
    path: ["help"],
    summary: "Explain a command or a topic",
    examples: [{ command: "sealward help exit-codes", what: "one topic" }],
    flags: [],
    positionals: [{
      name: "TOPIC",
      required: false,
      variadic: true,
      description: "A command, or a topic: see `sealward help`",
    }],
    formats: [],
    exits: [[0, "shown"]],
    run: async (context, parsed) => {
      const { style, width } = context.render("table");
      const text = renderHelpFor(parsed.positionals, await commands(), { style, width });
      printAnswer(context, parsed, text);
      return 0;
    },
  }];
}
