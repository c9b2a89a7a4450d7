/** Policy tests in memory: a policy, a pretended disk, one file of cases. */
import { createPlanner, loadPrograms } from "../../src/core/decision/command_planner.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { measureComplexity } from "../../src/core/operation/complexity.ts";
import { toolReader } from "../../src/core/decision/tool_reader.ts";
import { parsePolicy } from "../../src/core/policy/parse_policy.ts";
import { parseTestFile } from "../../src/core/policy_test/parse_test_file.ts";
import { createPretendDisk } from "../../src/core/policy_test/pretend_disk.ts";
import { type CaseResult, runCase, type TestBench } from "../../src/core/policy_test/run_case.ts";
import type { TestFile } from "../../src/core/policy_test/test_case.ts";
import { createFakeDisk } from "./fake_disk.ts";

export const testRoot = "/p/root";

export function benchFor(policy: string): TestBench {
  const base = createFakeDisk(testRoot, { [`${testRoot}/there.txt`]: { kind: "file", bytes: 3 } });
  return {
    policy: parsePolicy(policy, "policy.yaml"),
    policyDigest: "sha256:0",
    disk: createPretendDisk([{ path: "there.txt", kind: "file", content: 3 }], base),
    sha256,
    createPlanner,
    toolReader,
    measureComplexity,
  };
}

export function parseTests(text: string): TestFile {
  return parseTestFile(new TextEncoder().encode(text), "tests/a.yaml");
}

/** Runs every case of a text. */
export async function runText(policy: string, text: string): Promise<readonly CaseResult[]> {
  await loadPrograms();
  const bench = benchFor(policy);
  return parseTests(text).cases.map((test) => runCase(test, bench));
}
