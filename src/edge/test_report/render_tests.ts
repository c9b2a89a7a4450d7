/**
 * Results of policy tests, for people and for programs.
 *
 * @module
 */
import type { CaseResult } from "../../core/policy_test/run_case.ts";
import { paint, renderText } from "../cli/colour.ts";
import { type Cell, renderTable } from "../cli/table.ts";
import { renderJson, type RenderOptions } from "../render.ts";
import { describeFindings, describeMismatches, describeNotRun, type TestRun } from "./test_run.ts";

const columns = [
  { header: "RESULT" },
  { header: "TEST", shrink: "end" },
  { header: "ANSWER" },
  { header: "PLACE", shrink: "middle" },
] as const;

/** A row for each test, then what failed and why, then what nobody tests. */
export function renderTestTable(run: TestRun, options: RenderOptions): string {
  const rows = run.files.flatMap(({ file, results }) =>
    results.map((result): readonly Cell[] => {
      const isPassed = result.mismatches.length === 0;
      return [
        isPassed ? { text: "pass", colour: "green" } : { text: "FAIL", colour: "red" },
        { text: result.test.name },
        { text: result.decision },
        { text: `${file}:${result.test.line}` },
      ];
    })
  );
  const failures = run.files.flatMap(({ file, results }) =>
    results.filter(({ mismatches }) => mismatches.length > 0)
      .map((result) => renderFailure(file, result, run, options))
  );
  return renderTable(columns, rows, options) + failures.join("") +
    renderCoverage(run, options) + renderNotRun(run, options) + summarise(run);
}

function renderFailure(
  file: string,
  result: CaseResult,
  run: TestRun,
  { style }: RenderOptions,
): string {
  const { test } = result;
  const why = describeFindings(result, run);
  const lines = [
    ...describeMismatches(result),
    ...(why.length === 0 ? [`because: ${result.reason}`] : why.map((each) => `because ${each}`)),
  ];
  const head = paint(style, "red", "FAIL");
  const place = renderText(style, `${file}:${test.line}:${test.column}`);
  return `\n${head} ${renderText(style, test.name)}\n  ${place}\n` +
    lines.map((line) => `  ${renderText(style, line)}\n`).join("");
}

function renderCoverage({ coverage, positions, policyFile }: TestRun, options: RenderOptions) {
  if (coverage === null) return "";
  const { total, uncovered } = coverage;
  const rows = uncovered.map(({ key, name }): readonly Cell[] => {
    const at = positions.get(key);
    const place = at === undefined ? policyFile : `${at.file ?? policyFile}:${at.line}`;
    return [{ text: "UNTESTED", colour: "yellow" }, { text: name }, { text: place }];
  });
  const table = renderTable(
    [{ header: "" }, { header: "", shrink: "end" }, { header: "" }],
    rows,
    options,
  );
  return `\n${table}${total - uncovered.length} of ${total} lines of the policy are tested\n`;
}

function renderNotRun({ notRun }: TestRun, { style }: RenderOptions): string {
  return notRun.length === 0
    ? ""
    : `\n${paint(style, "yellow", "UNMEASURED")} ${renderText(style, describeNotRun(notRun))}\n`;
}

function summarise({ passed, failed, files }: TestRun): string {
  const tests = passed + failed === 1 ? "1 test" : `${passed + failed} tests`;
  const places = files.length === 1 ? "1 file" : `${files.length} files`;
  return `\n${tests} in ${places}: ${passed} passed, ${failed} failed\n`;
}

/** Everything, `schema_version: 1`. */
export function renderTestJson(run: TestRun): string {
  const { policyFile, positions, passed, failed, notRun, coverage } = run;
  const sourceOf = (key: string | null) => {
    const at = key === null ? undefined : positions.get(key);
    return at === undefined ? {} : { source: { file: policyFile, ...at } };
  };
  const tests = run.files.flatMap(({ file, results }) =>
    results.map((result) => ({
      name: result.test.name,
      file,
      line: result.test.line,
      passed: result.mismatches.length === 0,
      expected: encodeExpectation(result),
      got: {
        decision: result.decision,
        violated_policies: result.violatedPolicies,
        would_deny: result.wouldDeny,
        overridable: result.overridable,
        reason: result.reason,
        violations: result.findings.map(({ policy, code, message, sourceKey }) => ({
          policy,
          code,
          message,
          ...sourceOf(sourceKey),
        })),
      },
      mismatches: result.mismatches,
    }))
  );
  const covered = coverage === null ? {} : {
    coverage: {
      total: coverage.total,
      covered: coverage.total - coverage.uncovered.length,
      uncovered: coverage.uncovered.map(({ key, name }) => ({ key, name, ...sourceOf(key) })),
    },
  };
  return renderJson(
    {
      ...{ schema_version: 1, policy: policyFile, passed, failed, tests },
      ...(notRun.length === 0 ? {} : { unmeasured: notRun }),
      ...covered,
    },
    "json",
  );
}

function encodeExpectation({ test: { expect } }: CaseResult) {
  const { decision, violatedPolicies, wouldDeny, overridable, message } = expect;
  return {
    decision,
    violated_policies: violatedPolicies,
    ...(wouldDeny === null ? {} : { would_deny: wouldDeny }),
    ...(overridable === null ? {} : { overridable }),
    ...(message === null ? {} : { message }),
  };
}
