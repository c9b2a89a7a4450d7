/**
 * Policy tests, from files to results.
 *
 * @module
 */
import { EngineError } from "../../../core/errors.ts";
import type { CaseResult } from "../../../core/policy_test/run_case.ts";
import type { TestFile } from "../../../core/policy_test/test_case.ts";
import type { Policy } from "../../../core/policy/policy.ts";
import type { TestRun } from "../../test_report/test_run.ts";
import type { CliContext } from "../host.ts";
import type { TestGround } from "../test_ground.ts";
import { loadDraft } from "./load_draft.ts";
import { openTestChecks } from "./test_checks.ts";

/** What is asked of one run. */
export interface TestRequest {
  /** Absolute; empty is the folder of tests. */
  readonly paths: readonly string[];
  /** As given with --root. */
  readonly root: string | null;
  /** Absolute: a file, or a policy's folder; null is the policy in force here. */
  readonly policy: string | null;
  /** Only cases with this in their name, case aside. */
  readonly filter: string | null;
  readonly hasCoverage: boolean;
}

/**
 * Everything is read and checked before the first case is judged.
 *
 * @throws {EngineError} `tests_invalid`, `tests_unreadable`, `tests_missing` where a path is named
 *   that is not there; every refusal of lintPolicy.
 */
export async function runTests(
  { host }: Pick<CliContext, "host">,
  ground: TestGround,
  request: TestRequest,
): Promise<TestRun> {
  const { parseTestFile } = await import("../../../core/policy_test/parse_test_file.ts");
  const { runCase } = await import("../../../core/policy_test/run_case.ts");
  const { CoverageCounter } = await import("../../../core/policy_test/coverage.ts");
  const loaded = await loadTested(host, ground, request);
  const files = listFiles(ground, request.paths).map((path) =>
    parseTestFile(ground.readTests(path), shorten(path, ground.root))
  );
  const readers = await loadReaders();
  const counter = request.hasCoverage ? new CoverageCounter(loaded.policy, ground.root) : null;
  const withChecks = await openTestChecks(loaded.policy, loaded.snapshot, { ...loaded, ground });
  const run = async (file: TestFile) => {
    const policy = inMode(loaded.policy, file.mode);
    const bench = { ...ground, policy, policyDigest: "", ...readers };
    const found: CaseResult[] = [];
    for (const test of file.cases.filter(({ name }) => isWanted(name, request.filter))) {
      const result = await withChecks((runCheck) => runCase(test, { ...bench, runCheck }));
      counter?.add(result);
      found.push(result);
    }
    return found;
  };
  const results: { readonly file: string; readonly results: readonly CaseResult[] }[] = [];
  for (const file of files) results.push({ file: file.file, results: await run(file) });
  const all: readonly CaseResult[] = results.flatMap((each) => each.results);
  const failed = all.filter(({ mismatches }) => mismatches.length > 0).length;
  return {
    policyFile: loaded.file,
    positions: loaded.positions,
    files: results.filter((each) => each.results.length > 0),
    passed: all.length - failed,
    failed,
    notRun: [...new Set(all.flatMap(checksNotRun))].sort(),
    coverage: counter?.finish() ?? null,
  };
}

/** All of them: any case may need any. */
async function loadReaders() {
  const { createPlanner, loadPrograms } = await import(
    "../../../core/decision/command_planner.ts"
  );
  const { toolReader } = await import("../../../core/decision/tool_reader.ts");
  const { measureComplexity } = await import("../../../core/operation/complexity.ts");
  await loadPrograms();
  return { createPlanner, toolReader, measureComplexity };
}

async function loadTested(
  host: CliContext["host"],
  { policyPath, root, isFolder: looksLikeFolder }: TestGround,
  { policy: named, root: at }: TestRequest,
) {
  const file = shorten(named ?? policyPath, root);
  const snapshot = named === null ? host.readPolicy(at) : host.readDraft(named);
  const isFolder = named === null || looksLikeFolder(named);
  return { file, snapshot, isFolder, ...await loadDraft(snapshot, file) };
}

function checksNotRun({ judged }: CaseResult): readonly string[] {
  return judged.judgement.unmeasured.filter((id) => id.startsWith("checks."));
}

/** Every file a run reads, for whoever watches them. */
export function listFiles(ground: TestGround, paths: readonly string[]): readonly string[] {
  if (paths.length === 0) return ground.listTests(ground.testsFolder);
  const found = paths.flatMap((path) => {
    const files = ground.listTests(path);
    if (files.length > 0) return files;
    throw new EngineError("tests_missing", `Cannot find tests at "${path}"`, {
      hint: "name a YAML file, or a folder that has some",
    });
  });
  return [...new Set(found)].sort();
}

function isWanted(name: string, filter: string | null): boolean {
  return filter === null || name.toLowerCase().includes(filter.toLowerCase());
}

function inMode(policy: Policy, mode: TestFile["mode"]): Policy {
  return mode === null ? policy : { ...policy, enforcement: { ...policy.enforcement, mode } };
}

function shorten(path: string, root: string): string {
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}
