/**
 * `sealward test`: what a policy answers, held against what people say it should.
 *
 * @module
 */
import { EngineError, toEngineError } from "../../../core/errors.ts";
import { renderError } from "../../render_error.ts";
import { renderTestJson, renderTestTable } from "../../test_report/render_tests.ts";
import type { TestRun } from "../../test_report/test_run.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { writeOutput } from "../output.ts";
import type { TestGround } from "../test_ground.ts";
import { usageError } from "../usage_error.ts";
import { printAnswer, say } from "./print.ts";
import { listFiles, runTests, type TestRequest } from "./run_tests.ts";

export const testCommand: Command<CliContext> = {
  path: ["test"],
  summary: "Test the policy: operations, and what must come of them",
  description:
    "Runs the cases in .scalpel/tests/ (or the files and folders named) against the policy as it " +
    "lies on the disk, trusted or not. A case names an operation, the decision and every policy " +
    "that has to be violated: the right answer for another reason fails. Nothing is written, no " +
    "install is needed, and only tests that pretend files are independent of the files that are " +
    "there. The format is docs/policy-tests.md; `sealward audit query --as-test` writes it.",
  examples: [
    { command: "sealward test", what: "every test of this project" },
    { command: "sealward test --policy draft.yaml", what: "what a draft would answer" },
    { command: "sealward test --coverage", what: "and which lines of the policy no test meets" },
    { command: "sealward test --format junit > tests.xml", what: "for a CI" },
  ],
  flags: [
    {
      name: "policy",
      kind: "string",
      value: "FILE",
      description: "Test this policy; it comes into force nowhere",
    },
    {
      name: "filter",
      kind: "string",
      value: "TEXT",
      description: "Only tests with it in the name",
    },
    { name: "coverage", kind: "boolean", description: "Show lines of the policy no test meets" },
    {
      name: "fail-on-uncovered",
      kind: "boolean",
      description: "Fail when there are any; includes --coverage",
    },
    { name: "watch", kind: "boolean", description: "Run again when policy or tests change" },
    { name: "allow-empty", kind: "boolean", description: "No test at all is no failure" },
  ],
  positionals: [{
    name: "PATH",
    required: false,
    variadic: true,
    description: "Files of tests, or folders of them",
  }],
  formats: ["table", "json", "junit", "github"],
  exits: [
    [0, "every test passed"],
    [1, "could not read"],
    [2, "a test failed, there was none, or a line is untested with --fail-on-uncovered"],
    [3, "the policy or a test is invalid"],
  ],
  run: runTest,
};

async function runTest(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { flags, positionals } = parsed;
  const { host } = context;
  const named = flags.text("policy");
  const request: TestRequest = {
    root: flags.text("root"),
    paths: positionals.map(host.absolute),
    policy: named === null ? null : host.absolute(named),
    filter: flags.text("filter"),
    hasCoverage: flags.isSet("coverage") || flags.isSet("fail-on-uncovered"),
  };
  const ground = await host.openTestGround(flags.text("root"), request.policy);
  try {
    if (flags.isSet("watch")) return await watch(context, parsed, { ground, request });
    return await runOnce(context, parsed, { ground, request });
  } finally {
    await ground.close();
  }
}

interface Trial {
  readonly ground: TestGround;
  readonly request: TestRequest;
}

async function runOnce(
  context: CliContext,
  parsed: ParsedArguments,
  { ground, request }: Trial,
): Promise<number> {
  const run = await runTests(context, ground, request);
  if (run.passed + run.failed === 0 && !parsed.flags.isSet("allow-empty")) {
    throw noTests(ground, request);
  }
  printAnswer(context, parsed, await render(context, parsed, run));
  const isUncovered = parsed.flags.isSet("fail-on-uncovered") &&
    (run.coverage?.uncovered.length ?? 0) > 0;
  return run.failed > 0 || isUncovered ? 2 : 0;
}

function noTests({ testsFolder }: TestGround, { filter }: TestRequest): EngineError {
  const what = filter === null ? `in ${testsFolder}` : `with ${JSON.stringify(filter)} in its name`;
  return new EngineError("tests_missing", `Cannot test: there is no test ${what}`, {
    hint: "write one (docs/policy-tests.md), or give --allow-empty",
  });
}

async function render(
  context: CliContext,
  parsed: ParsedArguments,
  run: TestRun,
): Promise<string> {
  const failsUncovered = parsed.flags.isSet("fail-on-uncovered");
  switch (parsed.flags.text("format")) {
    case "junit":
      return (await import("../../test_report/render_junit.ts")).renderJunit(run, failsUncovered);
    case "github":
      return (await import("../../test_report/render_github.ts")).renderGithub(run, failsUncovered);
    default:
      return parsed.format === "json"
        ? renderTestJson(run)
        : renderTestTable(run, context.render("table"));
  }
}

/** Between two looks at the files. */
const watchMs = 500;

/** Until somebody ends the process; a mistake in a file is shown, and waited out. */
async function watch(
  context: CliContext,
  parsed: ParsedArguments,
  { ground, request }: Trial,
): Promise<number> {
  if (parsed.format !== "table" || parsed.flags.isSet("format")) {
    throw usageError("Flag --watch is for people", "leave out --format");
  }
  let before: string | null = null;
  for (;;) {
    const now = ground.stampOf(watched({ ground, request }));
    if (now !== before) {
      if (before !== null) say(context, parsed, "changed: testing again");
      before = now;
      await runOnce(context, parsed, { ground, request }).catch((error) => {
        writeOutput(
          context.stderr,
          renderError(toEngineError(error), context.renderErrors("table")),
        );
      });
      say(context, parsed, "waiting for a change; Ctrl-C ends");
    }
    await context.host.pause(watchMs);
  }
}

function watched({ ground, request }: Trial): readonly string[] {
  const policy = request.policy ?? ground.policyPath;
  const folder = policy.slice(0, policy.lastIndexOf("/"));
  const inputs = [
    policy,
    `${policy}/policy.yaml`,
    `${policy}/budget.yaml`,
    `${policy}/overrides.yaml`,
    `${folder}/budget.yaml`,
    `${folder}/overrides.yaml`,
  ];
  try {
    return [...inputs, ...listFiles(ground, request.paths)];
  } catch {
    // Being written just now, or gone: the run says what is wrong.
    return [...inputs, ...request.paths, ground.testsFolder];
  }
}
