/**
 * `sealward hook status`: whether an agent's host is wired, and whether that really blocks.
 *
 * @module
 */
import { hostNames } from "../../hook/wiring/hook_line.ts";
import type { HostReport } from "../../hook/wiring/report_host.ts";
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { hostPositional, programFlag, readHost, readProgram } from "./hook_flags.ts";
import { verdictExit } from "./print_change.ts";
import { printAnswer } from "./print.ts";
import { proveHosts } from "./prove_hosts.ts";
import { renderHostReport } from "./render_host_report.ts";

export const hookStatusCommand: Command<CliContext> = {
  path: ["hook", "status"],
  summary: "Prove that an agent's host is guarded",
  description: "PROTECTED: wired as this version would write it, a canary through that very " +
    "command line was denied, and its entry is in the log. DRIFT: the settings say something " +
    "else, or switch hooks off. UNPROVEN: wired, but the canary was not denied or left no entry. " +
    "Without a host: the worst of those that are wired. The canary is recorded as a denial.",
  examples: [{ command: "sealward hook status claude-code", what: "settings, canary, entry" }],
  flags: [programFlag],
  positionals: [hostPositional([], false)],
  exits: [[0, "PROTECTED"], [1, "UNPROVEN, or not installed"], [2, "DRIFT"]],
  run: runHookStatus,
};

async function runHookStatus(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const files = await context.host.agentFiles();
  const named = readHost(parsed);
  const program = readProgram(parsed, files);
  const root = parsed.flags.text("root");
  const hosts = named === null ? hostNames : [named];
  const reports = await proveHosts(context, hosts, { files, root, program });
  const text = parsed.format === "table"
    ? reports.map((report) => renderHostReport(report, context.render("table"))).join("\n")
    : renderJson({ schema_version: 1, hosts: reports }, parsed.format);
  printAnswer(context, parsed, text);
  return worstExit(reports);
}

/** A host nobody wired says nothing about the others. */
function worstExit(reports: readonly HostReport[]): number {
  const wired = reports.filter(({ verdict }) => verdict !== "NOT INSTALLED");
  return wired.length === 0 ? 1 : Math.max(...wired.map(({ verdict }) => verdictExit[verdict]));
}
