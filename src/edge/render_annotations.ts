/**
 * Findings as workflow commands, which GitHub Actions shows beside the line.
 *
 * @module
 */
import { oneLine } from "../core/errors.ts";
import type { LintFinding, LintOutcome } from "../core/policy/lint_policy.ts";

/** One line for each finding: `::error file=F,line=1,col=1,title=CODE::MESSAGE`. */
export function renderAnnotations({ file, findings }: LintOutcome): string {
  return findings.map((finding) => renderAnnotation(finding, file)).join("");
}

function renderAnnotation(
  { severity, code, message, hint, location }: LintFinding,
  file: string,
): string {
  const properties: readonly (readonly [string, string | number])[] = [
    ["file", location?.file ?? file],
    ...location === null ? [] : [["line", location.line], ["col", location.column]] as const,
    ["title", `sealward ${code}`],
  ];
  const listed = properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  const text = hint === null ? message : `${message} (${hint})`;
  return `::${severity} ${listed.join(",")}::${escapeData(text)}\n`;
}

/** SECURITY: a line break in a message would begin a command of the policy's own. */
function escapeData(text: string): string {
  return oneLine(text, Infinity).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll(
    "\n",
    "%0A",
  );
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
