/**
 * Results of policy tests as JUnit XML: a suite for each file, and one for lines nobody tests.
 *
 * @module
 */
import type { CaseResult } from "../../core/policy_test/run_case.ts";
import { describeFindings, describeMismatches, describeNotRun, type TestRun } from "./test_run.ts";

/** @param failsUncovered Whether an untested line of the policy is a failure. */
export function renderJunit(run: TestRun, failsUncovered: boolean): string {
  const suites: Suite[] = run.files.map(({ file, results }) => ({
    name: file,
    cases: results.map((result) => renderCase(file, result, run)),
    failures: results.filter(({ mismatches }) => mismatches.length > 0).length,
  }));
  if (run.coverage !== null && failsUncovered) suites.push(coverageSuite(run));
  if (run.notRun.length > 0) suites.push(notRunSuite(run));
  const total = sum(suites.map(({ cases }) => cases.length));
  const failures = sum(suites.map((suite) => suite.failures));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="sealward test" tests="${total}" failures="${failures}" errors="0">`,
    ...suites.map(({ name, cases, failures, skipped }) =>
      `  <testsuite name="${attribute(name)}" tests="${cases.length}" failures="${failures}" ` +
      `errors="0" skipped="${skipped ?? 0}">\n${cases.join("")}  </testsuite>`
    ),
    "</testsuites>",
    "",
  ].join("\n");
}

interface Suite {
  readonly name: string;
  readonly cases: readonly string[];
  readonly failures: number;
  readonly skipped?: number;
}

/** What nobody ran is skipped: neither passed nor failed. */
function notRunSuite({ notRun, policyFile }: TestRun): Suite {
  const why = attribute(describeNotRun(notRun));
  const cases = notRun.map((id) =>
    `    <testcase name="${attribute(id)}" classname="checks" file="${attribute(policyFile)}">\n` +
    `      <skipped message="${why}"/>\n    </testcase>\n`
  );
  return { name: "checks", cases, failures: 0, skipped: cases.length };
}

function renderCase(file: string, result: CaseResult, run: TestRun): string {
  const { name, line } = result.test;
  const head = `    <testcase name="${attribute(name)}" classname="${attribute(file)}" ` +
    `file="${attribute(file)}" line="${line}"`;
  const wrong = describeMismatches(result);
  if (wrong.length === 0) return `${head}/>\n`;
  const text = [...wrong, ...describeFindings(result, run)].join("\n");
  return `${head}>\n${failure(wrong.join("; "), text)}    </testcase>\n`;
}

function coverageSuite({ coverage, positions, policyFile }: TestRun) {
  const uncovered = coverage?.uncovered ?? [];
  const cases = uncovered.map(({ key, name }) => {
    const line = positions.get(key)?.line ?? 1;
    return `    <testcase name="${attribute(name)}" classname="coverage" ` +
      `file="${attribute(policyFile)}" line="${line}">\n` +
      failure("no test meets this line", "no test meets this line") + "    </testcase>\n";
  });
  return { name: "coverage", cases, failures: cases.length };
}

function failure(message: string, text: string): string {
  return `      <failure message="${attribute(message)}" type="mismatch">${
    escapeXml(text)
  }</failure>\n`;
}

/** Line ends in an attribute would become blanks (XML 1.0, section 3.3.3). */
function attribute(text: string): string {
  return escapeXml(text).replace(/[\t\r\n]/g, (c) => `&#x${c.charCodeAt(0).toString(16)};`);
}

const references: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** What is no character of XML 1.0 (section 2.2), and what hides or reorders text, is shown. */
const unfit =
  // deno-lint-ignore no-control-regex -- control characters are what is searched
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]|\p{Cs}/gu;

function escapeXml(text: string): string {
  return text
    .replace(unfit, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replace(/[&<>"']/g, (c) => references[c] ?? c);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
