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
  description:
    "The first line of a policy, `# yaml-language-server: $schema=./policy.schema.json`, " +
    "tells editors to complete and check it by the file beside it. The schema is no part of the " +
    "policy: nothing is decided by it, and a change of it is not tampering.",
  examples: [
    { command: "sealward policy schema", what: "print it" },
    { command: "sealward policy schema --write", what: "refresh the file beside the policy" },
  ],
  flags: [{ name: "write", kind: "boolean", description: "Write it beside the policy" }],
  formats: [],
  exits: [[0, "printed, or written"], [1, "could not write"]],
  run: runPolicySchema,
};

async function runPolicySchema(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { policyJsonSchema } = await import("../../../core/policy/json_schema.ts");
  const text = `${JSON.stringify(policyJsonSchema(), null, 2)}\n`;
  const path = parsed.flags.isSet("write")
    ? context.host.writeSchema(parsed.flags.text("root"), text)
    : null;
  printAnswer(context, parsed, path === null ? text : `written: ${path}\n`);
  return 0;
}
