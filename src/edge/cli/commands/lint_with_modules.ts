/**
 * Lint that has looked into the modules which a policy pins.
 *
 * @module
 */
import { CheckFailure } from "../../../core/check/check_failure.ts";
import type { CheckSpec } from "../../../core/check/check_spec.ts";
import type { PolicySnapshot } from "../../../core/integrity/policy_snapshot.ts";
import type { LintOptions, LintReport } from "../../../core/policy/lint_policy.ts";
import type { CheckWorkshop } from "../check_workshop.ts";

/**
 * @param lint Once to know the checks, and once more where a module would be refused.
 * @param snapshot As the decision reads it.
 */
export async function lintWithModules(
  lint: (more: LintOptions) => LintReport,
  { inputs: read, files }: PolicySnapshot,
  { describe }: Pick<CheckWorkshop, "describe">,
): Promise<LintReport> {
  const inputs = new Map(read.map(({ path, sha256 }) => [path, sha256]));
  const report = lint({ inputs });
  const refusals = new Map<string, string>();
  for (const check of report.policy?.checks ?? []) {
    const module = files.get(check.file);
    // What is not pinned is found another way.
    if (module === undefined || inputs.get(check.file) !== check.sha256) continue;
    const why = await findRefusal(check, () => describe(module.slice(), check.limits));
    if (why !== null) refusals.set(check.id, why);
  }
  return refusals.size === 0 ? report : lint({ inputs, refusals });
}

async function findRefusal(
  { abi }: CheckSpec,
  describe: () => ReturnType<CheckWorkshop["describe"]>,
): Promise<string | null> {
  try {
    const { fits } = await describe();
    const failure = fits.find((fit) => fit.abi === abi)?.failure ?? null;
    return failure === null ? null : `${failure.code}: ${failure.message}`;
  } catch (error) {
    if (error instanceof CheckFailure) return `${error.code}: ${error.message}`;
    throw error;
  }
}
