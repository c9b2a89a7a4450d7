/**
 * What lint found, for people, programs, code scanning and CI jobs.
 *
 * @module
 */
import type { LintFinding, LintOutcome } from "../core/policy/lint_policy.ts";
import { type Colour, paint, renderText } from "./cli/colour.ts";
import { programName } from "./cli/command.ts";
import { renderJson, type RenderOptions } from "./render.ts";
import { renderLocation } from "./render_location.ts";

/** @param format `table`, `json`, `sarif` or `github`. */
export async function renderLint(
  outcome: LintOutcome,
  format: string,
  options: RenderOptions,
): Promise<string> {
  const { findings } = outcome;
  if (format === "sarif") {
    return renderJson((await import("./encode_sarif.ts")).encodeSarif(outcome), "json");
  }
  if (format === "github") {
    return (await import("./render_annotations.ts")).renderAnnotations(outcome);
  }
  const counts = countBySeverity(findings);
  if (format === "json") {
    return renderJson(
      { schema_version: 1, valid: counts.error === 0, ...counts, findings },
      "json",
    );
  }
  return renderTable(outcome, counts, options);
}

type Counts = Readonly<Record<LintFinding["severity"], number>>;

function countBySeverity(findings: readonly LintFinding[]): Counts {
  const count = (wanted: string) => findings.filter(({ severity }) => severity === wanted).length;
  return { error: count("error"), warning: count("warning"), notice: count("notice") };
}

const colours: Readonly<Record<LintFinding["severity"], Colour>> = {
  error: "red",
  warning: "yellow",
  notice: "cyan",
};

function renderTable(
  { file, findings }: LintOutcome,
  counts: Counts,
  options: RenderOptions,
): string {
  const { style } = options;
  const parts = findings.map(({ severity, code, message, hint, location }) =>
    [
      `${paint(style, colours[severity], `${severity}[${code}]`)}: ${renderText(style, message)}`,
      ...location === null ? [] : renderLocation(location, style, colours[severity]),
      ...hint === null ? [] : [`hint: ${renderText(style, hint)}`],
      "",
      "",
    ].join("\n")
  );
  const numbers = (["error", "warning", "notice"] as const)
    .filter((severity) => counts[severity] > 0)
    .map((severity) => `${counts[severity]} ${severity}${counts[severity] === 1 ? "" : "s"}`);
  const verdict = counts.error === 0 ? "valid" : "not valid";
  const more = findings.length === 0 ? "" : `more: ${programName} explain CODE\n`;
  return `${parts.join("")}${renderText(style, file)}: ${
    [verdict, ...numbers].join(", ")
  }\n${more}`;
}
