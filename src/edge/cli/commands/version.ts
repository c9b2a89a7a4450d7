/**
 * `sealward version`: version, commit and runtime base.
 *
 * @module
 */
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
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
