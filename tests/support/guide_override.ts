/** The guide's "Human Override Workflow", line by line. */
import type { Operation, TamperResistance } from "../../src/mod.ts";

/** Create operation that violates policy */
export const guideOperation: Operation = {
  type: "code_modification",
  affectedFiles: ["src/critical.py"],
  metadata: { complexity: 50 },
};

export interface GuideRun {
  /** What the example prints. */
  readonly printed: readonly string[];
  /** It came to the line "Proceed with operation". */
  readonly hasProceeded: boolean;
  readonly reason: string;
}

/** @param tr Anything that answers as TamperResistance does. */
export async function runGuideOverride(
  tr: Pick<TamperResistance, "requireHumanOverride" | "isOverrideValid">,
  { timeoutSeconds = 300 }: { readonly timeoutSeconds?: number } = {},
): Promise<GuideRun> {
  const printed: string[] = [];
  let hasProceeded = false;

  const operation = guideOperation;

  // Policy violation
  const policyDecision = {
    allowed: false,
    violatedPolicies: ["max_complexity"],
    reason: "Complexity exceeds limit",
    severity: "HIGH",
  } as const;

  // Request human override
  const decision = await tr.requireHumanOverride(operation, policyDecision, { timeoutSeconds });

  if (decision.approved) {
    printed.push(`Override approved by ${decision.approvedBy}`);
    printed.push(`Valid until: ${decision.expiresAt?.toISOString()}`);

    // Check override is still valid before proceeding
    if (await tr.isOverrideValid(decision.overrideId, decision.expiresAt)) {
      hasProceeded = true;
    }
  }
  return { printed, hasProceeded, reason: decision.reason };
}
