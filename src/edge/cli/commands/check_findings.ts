/**
 * What `doctor` says of the checks of the trusted policy.
 *
 * @module
 */
import { oneLine, toEngineError } from "../../../core/errors.ts";
import type { CheckSpec } from "../../../core/check/check_spec.ts";
import type { PolicyStatus } from "../../../pdp.ts";
import { type TrialStep, tryCheck } from "../../../pdp/try_check.ts";
import type { CheckWorkshop } from "../check_workshop.ts";
import type { Finding, Host } from "../host.ts";
import { readCheckedPolicy } from "./checked_policy.ts";

/** Longer than this, and what is left is not tried: somebody waits for an answer. */
const maxTrialMs = 20_000;

/** @param workshop Opened before the process was sealed; null where the policy has no files of checks. */
export async function findCheckFaults(
  host: Host,
  workshop: CheckWorkshop | null,
  { root, status }: { readonly root: string | null; readonly status: PolicyStatus },
): Promise<readonly Finding[]> {
  if (status.status !== "trusted" || (status.checks ?? 0) === 0) return [];
  if (workshop === null) return [noFiles];
  try {
    const { policy, findFile, digest } = await readCheckedPolicy(host, workshop, {
      root,
      named: null,
    });
    // Replaced between two looks: what was trusted is not what would be tried.
    if (digest !== status.policy_digest) return [changed];
    const ground = { policy, findFile, sandbox: workshop };
    const found: Finding[] = [];
    const endMs = performance.now() + maxTrialMs;
    for (const check of policy.checks) {
      const isLate = performance.now() > endMs;
      found.push(isLate ? late(check) : describe(check, await tryCheck(check, ground)));
    }
    return found;
  } catch (error) {
    const { message } = toEngineError(error);
    return [{ level: "FAIL", subject: "checks", message: oneLine(message), fix: look }];
  }
}

const look = "run `sealward checks test`";

const noFiles: Finding = {
  level: "FAIL",
  subject: "checks",
  message: "the policy has checks, and their folder is not there: each denies",
  fix: "put the modules back into .scalpel/checks/",
};

const changed: Finding = {
  level: "FAIL",
  subject: "checks",
  message: "the policy changed while it was looked at",
  fix: "run `sealward doctor` again",
};

function late({ id }: CheckSpec): Finding {
  const message = "not tried: the checks before it took too long";
  return {
    level: "WARN",
    subject: `check ${id}`,
    message,
    fix: `run \`sealward checks test ${id}\``,
  };
}

function describe({ id, tests, isolation }: CheckSpec, steps: readonly TrialStep[]): Finding {
  const subject = `check ${id}`;
  const fault = steps.find(({ hasPassed }) => !hasPassed);
  if (fault !== undefined) {
    const message = `it denies all it judges: ${fault.name}: ${oneLine(fault.message)}`;
    const fix = `run \`sealward checks test ${id}\``;
    return { level: "FAIL", subject, message, fix };
  }
  if (tests.length === 0) {
    const message = "it loads, and has no tests: nobody knows whether it finds anything";
    return { level: "WARN", subject, message, fix: "write `tests` for it into the policy" };
  }
  const count = tests.length === 1 ? "1 test passes" : `${tests.length} tests pass`;
  return { level: "OK", subject, message: `${count}, isolation ${isolation}` };
}
