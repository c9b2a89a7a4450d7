/**
 * Findings as a SARIF log, for code scanning. OASIS SARIF 2.1.0.
 *
 * @module
 */
import type { LintFinding, LintOutcome } from "../core/policy/lint_policy.ts";
import { version } from "../core/version.ts";
import { explainCode } from "./codes/explain_code.ts";

const levels = { error: "error", warning: "warning", notice: "note" } as const;

/** One run; its rules are the codes that were found, each explained. */
export function encodeSarif({ file, findings }: LintOutcome): Readonly<Record<string, unknown>> {
  const codes = [...new Set(findings.map(({ code }) => code))];
  const driver = {
    name: "Sealward",
    semanticVersion: version,
    rules: codes.map((code) => encodeRule(code, findings)),
  };
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [{
      tool: { driver },
      columnKind: "utf16CodeUnits",
      results: findings.map((finding) => encodeResult(finding, codes, file)),
    }],
  };
}

function encodeRule(code: string, findings: readonly LintFinding[]): unknown {
  const severity = findings.find((finding) => finding.code === code)?.severity ?? "error";
  const about = explainCode(code).find(({ kind }) => kind === "lint" || kind === "error");
  return {
    id: code,
    defaultConfiguration: { level: levels[severity] },
    ...about === undefined ? {} : {
      shortDescription: { text: about.means },
      fullDescription: { text: `${about.means} ${about.why}` },
      help: { text: about.fix },
    },
  };
}

function encodeResult(
  { code, severity, message, hint, location }: LintFinding,
  codes: readonly string[],
  file: string,
): unknown {
  const region = location === null
    ? {}
    : { region: { startLine: location.line, startColumn: location.column } };
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: levels[severity],
    message: { text: hint === null ? message : `${message}. Hint: ${hint}` },
    locations: [{
      physicalLocation: {
        artifactLocation: { uri: encodeUri(location?.file ?? file) },
        ...region,
      },
    }],
  };
}

/** A relative reference, or a file URI for an absolute path. RFC 3986. */
function encodeUri(path: string): string {
  const encoded = path.split("/").map((name) => encodeURIComponent(name)).join("/");
  return path.startsWith("/") ? `file://${encoded}` : encoded;
}
