/**
 * `sealward report`: what agents did, what a stricter policy would have stopped, and a policy to
 * propose. Reads; accepts nothing.
 *
 * @module
 */
import { type LogReport, toLogError } from "../../../core/audit/log_report.ts";
import { EngineError } from "../../../core/errors.ts";
import { policyFile } from "../../../core/integrity/policy_snapshot.ts";
import { type LogStatus, logStatusOf } from "../../../core/report/log_status.ts";
import type { Report } from "../../../core/report/report.ts";
import type { ReportView } from "../../report_view.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext, OpenInstall } from "../host.ts";
import { usageError } from "../usage_error.ts";
import { parseCount, timeFlags } from "./event_flags.ts";
import { printAnswer, say } from "./print.ts";

const defaultTop = 10;
const maxTop = 1_000;

export const reportCommand: Command<CliContext> = {
  path: ["report"],
  summary: "Tell what agents did, and what a stricter policy would have stopped",
  description:
    "Verifies the log, then counts its decisions by verb, folder, tool, program, agent, " +
    "session and day, and groups what was or would have been stopped. The proposed policy is the " +
    "accepted one, enforced, with the exceptions that the work seen here would need: text to read " +
    "and edit. Nothing is in force before `sealward policy accept`.\n\n" +
    "JSON is one document with schema_version 1; keys are only ever added (docs/report.md).",
  examples: [
    { command: "sealward report", what: "everything in the log, for people" },
    { command: "sealward report --format html --output report.html", what: "one page to pass on" },
    { command: "sealward report --since 2026-11-22 --agent claude-code", what: "one agent's day" },
    {
      command: "sealward report --proposed-policy proposed.yaml",
      what: "only the proposed policy",
    },
  ],
  flags: [
    ...timeFlags,
    { name: "session", kind: "string", value: "ID", description: "Only decisions of this session" },
    { name: "agent", kind: "string", value: "NAME", description: "Only decisions for this agent" },
    {
      name: "top",
      kind: "string",
      value: "N",
      description: `Rows of each list, 1 to ${maxTop} (${defaultTop})`,
    },
    { name: "output", kind: "string", value: "FILE", description: "Write the report here instead" },
    {
      name: "proposed-policy",
      kind: "string",
      value: "FILE",
      description: "Write the proposed policy here, and no report unless --output names a file",
    },
  ],
  formats: ["table", "json", "html"],
  exits: [
    [0, "shown or written"],
    [1, "could not look or write"],
    [2, "a proposed policy was asked for, and nobody has accepted one to begin with"],
    [5, "the chain does not verify: nothing is shown"],
  ],
  run: runReport,
};

async function runReport(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const top = readTop(parsed);
  const files = {
    output: outputOf(context, parsed, "output"),
    proposal: outputOf(context, parsed, "proposed-policy"),
  };
  const present = await readAcceptedPolicy(context, parsed);
  const outputs = Object.values(files).filter((path) => path !== null);
  const root = parsed.flags.text("root");
  const install = await context.host.open({ root, outputs, role: "one-shot", runsChecks: false });
  try {
    const { status, mode } = await install.engine.verifyPolicy();
    const report = await readReport(install, parsed, { present, top });
    const log = await readLogStatus(install);
    const proposedPolicy = present === null ? null : await propose(present, report);
    const policy = { status, mode };
    await deliver(context, parsed, {
      view: { report, root: install.paths.root, policy, log, proposedPolicy },
      files,
    });
    return 0;
  } finally {
    await install.close();
  }
}

async function readLogStatus(install: OpenInstall): Promise<LogStatus> {
  const checkpoints = await install.engine.readEvents({ type: "audit.checkpoint" });
  return logStatusOf(await verifyLog(install), checkpoints);
}

/** What the entries were read from was intact a moment ago; it still must be. */
async function verifyLog({ engine }: OpenInstall): Promise<LogReport> {
  const report = await engine.verifyLog();
  const error = toLogError(report);
  if (error !== null) throw error;
  return report;
}

function readTop({ flags }: ParsedArguments): number {
  const top = parseCount("top", flags.text("top")) ?? defaultTop;
  if (top >= 1 && top <= maxTop) return top;
  throw usageError(`Cannot show ${top} rows`, `give 1 to ${maxTop}`);
}

function outputOf(context: CliContext, parsed: ParsedArguments, flag: string): string | null {
  const path = parsed.flags.text(flag);
  return path === null ? null : context.host.absolute(path);
}

/** SECURITY: the text a human accepted; what lies on the disk now may be an agent's. */
async function readAcceptedPolicy(
  { host }: CliContext,
  parsed: ParsedArguments,
): Promise<string | null> {
  const root = parsed.flags.text("root");
  const sha256 = (await host.acceptedInputs(root)).get(policyFile);
  return sha256 === undefined ? null : host.readAcceptedText(root, sha256);
}

async function readReport(
  { engine, paths }: OpenInstall,
  { flags }: ParsedArguments,
  { present, top }: { readonly present: string | null; readonly top: number },
): Promise<Report> {
  const { ReportBuilder } = await import("../../../core/report/create_report.ts");
  const { parsePolicy } = await import("../../../core/policy/parse_policy.ts");
  const policy = present === null ? null : parsePolicy(present, policyFile);
  const [since, until] = [flags.text("since"), flags.text("until")];
  const { encoded, entries } = await engine.streamEvents({
    ...(since === null ? {} : { since }),
    ...(until === null ? {} : { until }),
  });
  const filter = {
    since: textOf(encoded["since"]),
    until: textOf(encoded["until"]),
    session: flags.text("session"),
    agent: flags.text("agent"),
  };
  const builder = new ReportBuilder({ root: paths.root, policy, filter, top });
  for await (const entry of entries) builder.add(entry);
  return builder.finish();
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

async function propose(present: string, report: Report): Promise<string> {
  const { proposePolicy } = await import("../../../core/report/propose_policy.ts");
  return proposePolicy(present, report, policyFile);
}

interface Delivery {
  readonly view: ReportView;
  readonly files: { readonly output: string | null; readonly proposal: string | null };
}

async function deliver(
  context: CliContext,
  parsed: ParsedArguments,
  { view, files }: Delivery,
): Promise<void> {
  const { host } = context;
  if (files.proposal !== null) {
    host.writeOutputFile(files.proposal, requireProposal(view));
    say(context, parsed, "wrote the proposed policy: read it; nothing of it is in force");
    if (files.output === null) return;
  }
  const text = await render(context, parsed, view);
  if (files.output === null) return printAnswer(context, parsed, text);
  host.writeOutputFile(files.output, text);
  say(context, parsed, "wrote the report");
}

function requireProposal({ proposedPolicy }: ReportView): string {
  if (proposedPolicy !== null) return proposedPolicy;
  throw new EngineError("policy_unaccepted", "Cannot propose a policy: none was accepted here", {
    hint: "run `sealward policy accept` first",
  });
}

async function render(
  context: CliContext,
  parsed: ParsedArguments,
  view: ReportView,
): Promise<string> {
  if (parsed.flags.text("format") === "html") {
    const { renderReportHtml } = await import("../../report_html/render_report_html.ts");
    return renderReportHtml(view);
  }
  const { renderReport } = await import("../../render_report.ts");
  const options = context.render(parsed.format);
  // A file is no terminal: nothing is cut, nothing coloured.
  const isFile = parsed.flags.text("output") !== null;
  const style = { ...options.style, colour: false };
  return renderReport(view, isFile ? { ...options, width: null, style } : options);
}
