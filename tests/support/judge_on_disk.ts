/** Decides on a disk under a trusted policy, without install, log and binary. */
import { randomBytes } from "../../src/adapter/random.ts";
import { judgeOperations } from "../../src/core/decision/judge_operations.ts";
import { EngineError } from "../../src/core/errors.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { toolReader } from "../../src/core/decision/tool_reader.ts";
import { parsePolicy } from "../../src/core/policy/parse_policy.ts";
import type { Disk } from "../../src/core/ports.ts";

/** A verdict with its codes, or `refused` for what is no operation. */
export interface PlainAnswer {
  readonly verdict: string;
  readonly codes: readonly string[];
}

/** Judges wire forms one by one; commands and texts to be measured are not for it. */
export function judgeOnDisk(
  policyText: string,
  disk: Disk,
): (operation: Readonly<Record<string, unknown>>) => PlainAnswer {
  const bench = {
    disk,
    measureComplexity: null,
    createPlanner: null,
    toolReader,
    trust: { status: "trusted", policyDigest: "sha256:0", message: "", changed: [] },
    policy: parsePolicy(policyText, "policy"),
    stateDigest: "sha256:0",
    attestation: "same_uid",
    sha256,
    randomBytes,
  } as const;
  return (wire) => {
    try {
      const operation = parseOperation(wire);
      const [judged] = judgeOperations([operation], "uid:1", {
        ...bench,
        written: new Set(),
        denials: [],
      });
      const { verdict = "none", findings = [] } = judged?.judgement ?? {};
      return { verdict, codes: findings.map(({ code }) => code) };
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      return { verdict: "refused", codes: [error.code] };
    }
  };
}
