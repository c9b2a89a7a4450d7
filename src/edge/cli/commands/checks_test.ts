/**
 * `sealward checks test`: whether the checks of a policy would be let loose, step by step.
 *
 * @module
 */
import type { CheckSpec } from "../../../core/check/check_spec.ts";
import { EngineError } from "../../../core/errors.ts";
import { type TrialStep, tryCheck } from "../../../pdp/try_check.ts";
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { type Cell, renderTable } from "../table.ts";
import { usageError } from "../usage_error.ts";
import { type CheckedPolicy, findCheck, readCheckedPolicy } from "./checked_policy.ts";
import { printAnswer, say } from "./print.ts";

export const checksTestCommand: Command<CliContext> = {
  path: ["checks", "test"],
  summary: "Run the self-tests of the policy's checks",
  description:
    "Of each check: are its files the ones that are pinned, does the module load, does it " +
    "take its settings, and does every entry of its `tests` come out as it says. The policy is the " +
    "one on the disk, trusted or not. A check that fails here denies every operation it judges.",
  examples: [
    { command: "sealward checks test", what: "every check of this project" },
    { command: "sealward checks test no-secrets", what: "one of them" },
    { command: "sealward checks test --policy draft.yaml", what: "those of a draft" },
  ],
  flags: [
    {
      name: "policy",
      kind: "string",
      value: "FILE",
      description: "Test the checks of this policy; modules lie in checks/ beside it, or here",
    },
    { name: "all", kind: "boolean", description: "Every check; the same as naming none" },
  ],
  positionals: [{
    name: "ID",
    required: false,
    variadic: true,
    description: "Only these checks",
  }],
  exits: [
    [0, "every step passed"],
    [1, "a step failed, or a file could not be read"],
    [2, "the policy has no check"],
    [3, "the policy is invalid, or has no such check"],
  ],
  run: runChecksTest,
};

interface Tested {
  readonly id: string;
  readonly steps: readonly TrialStep[];
}

async function runChecksTest(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { host } = context;
  const { flags, positionals: ids } = parsed;
  if (flags.isSet("all") && ids.length > 0) {
    throw usageError("Cannot test all checks and some", "give --all, or ids");
  }
  const root = flags.text("root");
  const named = flags.text("policy");
  const workshop = await host.openCheckWorkshop({ root, runs: "many" });
  try {
    const choice = { root, named: named === null ? null : host.absolute(named) };
    const read = await readCheckedPolicy(host, workshop, choice);
    const tested: Tested[] = [];
    for (const check of chosen(read, ids)) {
      const ground = { policy: read.policy, findFile: read.findFile, sandbox: workshop };
      tested.push({ id: check.id, steps: await tryCheck(check, ground) });
    }
    printAnswer(context, parsed, render(context, parsed, { path: read.path, tested }));
    const untested = chosen(read, ids).filter(({ tests }) => tests.length === 0);
    for (const { id } of untested) say(context, parsed, `warning: ${id} has no tests`);
    return tested.every(({ steps }) => steps.every(({ hasPassed }) => hasPassed)) ? 0 : 1;
  } finally {
    await workshop.close();
  }
}

function chosen(read: CheckedPolicy, ids: readonly string[]): readonly CheckSpec[] {
  if (ids.length > 0) return ids.map((id) => findCheck(read, id));
  if (read.policy.checks.length > 0) return read.policy.checks;
  throw new EngineError("tests_missing", "Cannot test: the policy has no check", {
    hint: "pin one with `sealward checks pin FILE`, or name another policy with --policy",
  });
}

function render(
  context: CliContext,
  parsed: ParsedArguments,
  { path, tested }: { readonly path: string; readonly tested: readonly Tested[] },
): string {
  if (parsed.format === "table") return renderTested(context, tested);
  const checks = tested.map(({ id, steps }) => ({
    id,
    passed: steps.every(({ hasPassed }) => hasPassed),
    steps: steps.map(({ name, hasPassed, message, fuel, wallMicros }) => ({
      ...{ name, passed: hasPassed, message: hasPassed ? null : message, fuel },
      wall_us: wallMicros,
    })),
  }));
  const passed = checks.every((check) => check.passed);
  return renderJson({ schema_version: 1, policy: path, passed, checks }, parsed.format);
}

function renderTested(context: CliContext, tested: readonly Tested[]): string {
  const rows = tested.flatMap(({ id, steps }) =>
    steps.map((step): readonly Cell[] => [
      step.hasPassed ? { text: "ok", colour: "green" } : { text: "FAILED", colour: "red" },
      { text: id },
      { text: step.name },
      { text: step.fuel === null ? "-" : String(step.fuel) },
      { text: step.wallMicros === null ? "-" : String(step.wallMicros) },
      { text: step.message },
    ])
  );
  const columns = [
    ...["", "CHECK", "STEP"].map((header) => ({ header })),
    { header: "FUEL", align: "right" as const },
    { header: "WALL US", align: "right" as const },
    { header: "WHY", shrink: "end" as const },
  ];
  const steps = tested.flatMap((each) => each.steps);
  const failed = steps.filter(({ hasPassed }) => !hasPassed).length;
  return renderTable(columns, rows, context.render("table")) +
    `${steps.length - failed} passed, ${failed} failed\n`;
}
