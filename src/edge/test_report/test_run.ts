/**
 * What one run of policy tests came to.
 *
 * @module
 */
import type { Coverage } from "../../core/policy_test/coverage.ts";
import type { CaseResult } from "../../core/policy_test/run_case.ts";

/** In the policy itself where no file is named. */
export interface PolicyPlace {
  readonly line: number;
  readonly column: number;
  readonly file?: string;
}

export interface TestRun {
  /** As people know it. */
  readonly policyFile: string;
  /** Of every line of the policy, by dotted path. */
  readonly positions: ReadonlyMap<string, PolicyPlace>;
  /** Without files of which no case was run. */
  readonly files: readonly { readonly file: string; readonly results: readonly CaseResult[] }[];
  readonly passed: number;
  readonly failed: number;
  /** Checks that nobody ran in some case that they judge, dotted and sorted: nobody knows. */
  readonly notRun: readonly string[];
  /** Null: nobody asked. */
  readonly coverage: Coverage | null;
}

/** One sentence for each thing that is not as wanted. */
export function describeMismatches({ mismatches }: CaseResult): readonly string[] {
  return mismatches.map(({ member, wanted, got }) => {
    const [before, after] = member === "message"
      ? [JSON.stringify(wanted), JSON.stringify(got)]
      : [wanted, got];
    return `${member}: wanted ${before}, got ${after}`;
  });
}

/** Why the answer is what it is: each finding with its line of the policy. */
export function describeFindings(
  { findings }: CaseResult,
  { positions, policyFile }: Pick<TestRun, "positions" | "policyFile">,
): readonly string[] {
  return findings.map(({ policy, message, sourceKey }) => {
    const at = sourceKey === null ? undefined : positions.get(sourceKey);
    const place = at === undefined ? "" : ` (${at.file ?? policyFile}:${at.line})`;
    return `${policy}${place}: ${message}`;
  });
}

/** One sentence. */
export function describeNotRun(notRun: TestRun["notRun"]): string {
  return `nobody ran ${
    notRun.join(", ")
  }: the answers are those without; test the policy's folder, ` +
    "on a machine where a sandbox can be started";
}
