/**
 * `sealward policy schema`: the JSON Schema of policy files, for editors.
 *
 * @module
 */
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { printAnswer } from "./print.ts";

export const policySchemaCommand: Command<CliContext> = {
  path: ["policy", "schema"],
  summary: "Print the JSON Schema of policy files",
  examples: [{ command: "sealward policy schema > policy.schema.json", what: "for an editor" }],
  flags: [],
  formats: [],
  exits: [[0, "printed"]],
  run: runPolicySchema,
};

async function runPolicySchema(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { policyJsonSchema } = await import("../../../core/policy/json_schema.ts");
  printAnswer(context, parsed, `${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
  return 0;
}
