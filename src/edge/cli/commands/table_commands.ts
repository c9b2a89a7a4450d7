/**
 * `sealward completion|help`: the two commands that speak of the whole table, themselves included.
 *
 * @module
 */
import { type Command, programName } from "../command.ts";
import { renderCompletion, type Shell, shells } from "../completion.ts";
import { renderHelpFor } from "../help.ts";
import type { CliContext } from "../host.ts";
import { printAnswer } from "./print.ts";

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
