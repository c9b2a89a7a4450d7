/**
 * `sealward audit record`: a caller's own event into the log.
 *
 * @module
 */
import { severities, type Severity } from "../../../core/policy/policy.ts";
import { parseStrictJson } from "../../../core/strict_json.ts";
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { usageError } from "../usage_error.ts";
import { printAnswer } from "./print.ts";

export const auditRecordCommand: Command<CliContext> = {
  path: ["audit", "record"],
  summary: "Write an event of your own into the log",
  examples: [{
    command: `sealward audit record --type TASK_EXECUTION --severity MEDIUM ` +
      `--details '{"task":"build"}'`,
    what: "an event with details",
  }],
  flags: [
    {
      name: "type",
      kind: "string",
      value: "TYPE",
      description: "Letters, digits, _ and .; audit. and state. are reserved",
    },
    {
      name: "severity",
      kind: "string",
      value: "SEVERITY",
      choices: severities,
      description: "How bad it is",
    },
    { name: "details", kind: "string", value: "JSON", description: "A JSON object" },
  ],
  exits: [[0, "durable"], [1, "could not write"], [3, "event invalid"], [5, "log tampered with"]],
  run: runAuditRecord,
};

async function runAuditRecord(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { flags } = parsed;
  const type = flags.text("type");
  const severity = flags.text("severity");
  if (type === null || severity === null) {
    throw usageError("An event needs a type and a severity", "give --type and --severity");
  }
  const details = parseStrictJson(flags.text("details") ?? "{}", { code: "event_invalid" });
  const install = await context.host.open({
    root: flags.text("root"),
    role: "one-shot",
    runsChecks: false,
  });
  try {
    const event = { type, severity: severity as Severity, details };
    const receipt = await install.engine.recordEvent(event, install.principal);
    const text = parsed.format === "table"
      ? `recorded as entry ${receipt.seq}\n`
      : renderJson({ schema_version: 1, seq: receipt.seq, mac: receipt.mac }, parsed.format);
    printAnswer(context, parsed, text);
    return 0;
  } finally {
    await install.close();
  }
}
