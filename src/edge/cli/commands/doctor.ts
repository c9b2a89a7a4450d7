/**
 * `sealward doctor`: what is wrong with this install, and what to do about it.
 *
 * @module
 */
import { renderJson } from "../../render.ts";
import { paint } from "../colour.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext, Finding } from "../host.ts";
import { renderTable } from "../table.ts";
import { printAnswer } from "./print.ts";

export const doctorCommand: Command<CliContext> = {
  path: ["doctor"],
  summary: "Look for what is wrong with this install",
  examples: [
    { command: "sealward doctor", what: "findings, each with its fix" },
    { command: "sealward doctor --permissions", what: "what is held before and after sealing" },
  ],
  flags: [{
    name: "permissions",
    kind: "boolean",
    description: "Seal, then show what was held before and after",
  }],
  exits: [[0, "nothing is broken; WARN lines are worth reading"], [1, "something is broken"]],
  run: runDoctor,
};

async function runDoctor(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const root = parsed.flags.text("root");
  if (parsed.flags.isSet("permissions")) return await showPermissions(context, parsed, root);
  const findings = await context.host.examine(root);
  const isBroken = findings.some(({ level }) => level === "FAIL");
  const text = parsed.format === "table"
    ? findings.map((finding) => renderFinding(context, finding)).join("")
    : renderJson({ schema_version: 1, healthy: !isBroken, findings }, parsed.format);
  printAnswer(context, parsed, text);
  return isBroken ? 1 : 0;
}

function renderFinding(context: CliContext, { level, subject, message, fix }: Finding): string {
  const { style } = context.render("table");
  const colour = ({ OK: "green", WARN: "yellow", FAIL: "red" } as const)[level];
  const line = `${paint(style, colour, level.padEnd(4))}  ${subject}: ${message}\n`;
  return fix === undefined ? line : `${line}      fix: ${fix}\n`;
}

async function showPermissions(
  context: CliContext,
  parsed: ParsedArguments,
  root: string | null,
): Promise<number> {
  const install = await context.host.open({ root, role: "one-shot", explains: true });
  await install.close();
  const { before, after } = install.permissions;
  const rows = before.map(({ name, state }, index) => ({
    permission: name,
    before: state,
    after: after[index]?.state ?? "denied",
  }));
  const options = context.render("table");
  const text = parsed.format === "table"
    ? renderTable(
      [{ header: "permission" }, { header: "before" }, { header: "after" }],
      rows.map((row) => [{ text: row.permission }, { text: row.before }, { text: row.after }]),
      { style: options.style, width: options.width },
    )
    : renderJson({ schema_version: 1, permissions: rows }, parsed.format);
  printAnswer(context, parsed, text);
  return 0;
}
