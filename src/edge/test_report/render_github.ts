/**
 * Results of policy tests as workflow commands: annotations on the lines of tests and policy.
 * Form: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 *
 * @module
 */
import { oneLine } from "../../core/errors.ts";
import { describeFindings, describeMismatches, describeNotRun, type TestRun } from "./test_run.ts";

/** @param failsUncovered Whether an untested line of the policy is an error or a warning. */
export function renderGithub(run: TestRun, failsUncovered: boolean): string {
  const failures = run.files.flatMap(({ file, results }) =>
    results.filter(({ mismatches }) => mismatches.length > 0).map((result) => {
      const { name: title, line, column: col } = result.test;
      const text = [...describeMismatches(result), ...describeFindings(result, run)];
      return command("error", { file, line, col, title }, text.join("\n"));
    })
  );
  const level = failsUncovered ? "error" : "warning";
  const untested = (run.coverage?.uncovered ?? []).map(({ key, name }) => {
    const at = run.positions.get(key);
    const { line = 1, column: col = 1, file = run.policyFile } = at ?? {};
    const place = { file, line, col, title: "Not tested" };
    return command(level, place, `No test meets ${name}`);
  });
  const unmeasured = run.notRun.length === 0 ? [] : [
    command("warning", { file: run.policyFile, title: "Not measured" }, describeNotRun(run.notRun)),
  ];
  return [...failures, ...untested, ...unmeasured].join("") +
    `${run.passed} passed, ${run.failed} failed\n`;
}

function command(
  level: "error" | "warning",
  properties: Readonly<Record<string, string | number>>,
  text: string,
): string {
  const list = Object.entries(properties).map(([key, value]) =>
    `${key}=${escapeProperty(String(value))}`
  );
  return `::${level} ${list.join(",")}::${escapeData(text)}\n`;
}

/** SECURITY: a line end in a test's name would begin a command of its own. */
function escapeData(text: string): string {
  return text.split("\n").map((line) => oneLine(line, 2_000).replaceAll("%", "%25")).join("%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
