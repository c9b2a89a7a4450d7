/**
 * One run of a module on trial: for people, and as one document. SECURITY: everything it said is
 * anybody's.
 *
 * @module
 */
import type { CheckAbi, CheckOutcome } from "../../core/check/check_job.ts";
import type { CheckIsolation } from "../../core/check/check_spec.ts";
import type { TimedOutcome } from "../../core/check/sandbox_port.ts";
import { paint, renderText } from "../cli/colour.ts";
import { renderTable } from "../cli/table.ts";
import { renderJson, type RenderOptions } from "../render.ts";

export interface TrialReport {
  readonly file: string;
  readonly sha256: string;
  readonly abi: CheckAbi;
  readonly isGuessed: boolean;
  readonly isolation: CheckIsolation;
  readonly requestBytes: number;
  /** What it might have spent. */
  readonly maxFuel: number;
  readonly outcome: TimedOutcome;
}

/** Lines and characters of what it printed that people are shown; --json has all that was kept. */
const maxLogLines = 50;
const maxLogCharacters = 400;

export function renderTrial(report: TrialReport, options: RenderOptions): string {
  if (options.format !== "table") return renderJson(documentOf(report), options.format);
  const { outcome } = report;
  return renderVerdict(report, options) + renderRun(report) +
    (outcome.status === "ok"
      ? renderViolations(outcome, options) + renderLog(outcome.log, options)
      : "");
}

/** 0 nothing found, 2 something, 1 no answer: in a policy that denies. */
export function trialExit({ outcome }: Pick<TrialReport, "outcome">): number {
  if (outcome.status === "failed") return 1;
  return outcome.violations.length === 0 ? 0 : 2;
}

function documentOf({ outcome, ...report }: TrialReport) {
  const { file, sha256, abi, isGuessed, isolation, requestBytes, maxFuel } = report;
  const isOk = outcome.status === "ok";
  return {
    schema_version: 1,
    ...{ file, sha256, abi, abi_guessed: isGuessed, isolation, request_bytes: requestBytes },
    status: outcome.status,
    code: isOk ? null : outcome.code,
    message: isOk ? null : outcome.message,
    violations: isOk ? outcome.violations : [],
    fuel: outcome.fuel,
    max_fuel: maxFuel,
    wall_us: outcome.wallMicros,
    log: isOk ? outcome.log : "",
  };
}

function renderVerdict({ file, outcome }: TrialReport, { style }: RenderOptions): string {
  const name = renderText(style, file);
  if (outcome.status === "failed") {
    const why = `${outcome.code}: ${renderText(style, outcome.message)}`;
    return `${name}: ${paint(style, "red", "NO ANSWER")}, which denies: ${why}\n`;
  }
  const { length } = outcome.violations;
  if (length === 0) return `${name}: ${paint(style, "green", "NO VIOLATION")}\n`;
  const what = length === 1 ? "1 VIOLATION" : `${length} VIOLATIONS`;
  return `${name}: ${paint(style, "yellow", what)}\n`;
}

function renderRun(report: TrialReport): string {
  const { abi, isGuessed, isolation, requestBytes, maxFuel, outcome, sha256 } = report;
  return `  sha256   ${sha256}\n` +
    `  abi      ${abi}${isGuessed ? " (it fits)" : ""}, isolation ${isolation}\n` +
    `  request  ${requestBytes} bytes\n` +
    `  fuel     ${outcome.fuel} of ${maxFuel}\n` +
    `  wall     ${outcome.wallMicros} us\n`;
}

function renderViolations(
  { violations }: CheckOutcome & { readonly status: "ok" },
  options: RenderOptions,
): string {
  const table = renderTable(
    [
      { header: "CODE" },
      { header: "SEVERITY" },
      { header: "PATH", shrink: "middle" },
      { header: "MESSAGE", shrink: "end" },
    ],
    violations.map(({ code, severity, path, message }) => [
      { text: code },
      { text: severity ?? "-" },
      { text: path ?? "-" },
      { text: message },
    ]),
    { ...options, indent: 2 },
  );
  return table === "" ? "" : `\n${table}`;
}

function renderLog(log: string, { style }: RenderOptions): string {
  if (log === "") return "";
  const lines = log.replace(/\n$/, "").split("\n");
  const shown = lines.slice(0, maxLogLines)
    .map((line) => `  | ${renderText(style, line, maxLogCharacters)}\n`);
  const more = lines.length - shown.length;
  return `\nLog\n${shown.join("")}${more > 0 ? `  and ${more} lines more\n` : ""}`;
}
