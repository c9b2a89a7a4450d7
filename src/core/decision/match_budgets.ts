/**
 * What an operation would do to the budgets, and what it leaves behind for later decisions.
 * SPEC.md, section 12.
 *
 * @module
 */
import type { Budget, Span } from "../policy/policy.ts";
import { measureUse, meetsPast, type Use } from "./count_operation.ts";
import type { Finding } from "./decision.ts";
import type { Counted } from "./counted.ts";
import type { Concerns } from "./match_condition.ts";
import type { Question } from "./question.ts";

export interface BudgetOutcome {
  readonly findings: readonly Finding[];
  /** Dotted ids of budgets of which the use could not be measured. */
  readonly unmeasured: readonly string[];
  /** Of budgets that are nearly used up. */
  readonly notices: readonly string[];
  /** Null where the policy counts nothing and looks back at nothing. */
  readonly counted: Counted | null;
}

const noBudgets: BudgetOutcome = {
  findings: [],
  unmeasured: [],
  notices: [],
  counted: null,
};

/** From here on an answer says how much is left. */
const noticeShare = 0.8;

/** Measures the operation against every budget, in the policy's order. */
export function matchBudgets(question: Question, concerns: Concerns): BudgetOutcome {
  const { rules, past, budgets } = question.policy;
  if (past.length === 0 && budgets.length === 0) return noBudgets;
  const findings: Finding[] = [];
  const unmeasured: string[] = [];
  const notices: string[] = [];
  const counts: Record<string, number> = {};
  budgets.forEach((budget, index) => {
    const owner = rules.length + past.length + index;
    const use = measureUse(budget, question, { owner, concerns });
    if (use.atLeast > 0) counts[budget.counterId] = use.atLeast;
    const used = question.history?.counts[budget.counterId] ?? 0;
    const finding = exceed({ budget, index, use, used }, question);
    if (finding !== null) findings.push(finding);
    else if (!use.isWhole) unmeasured.push(`budgets.${budget.id}`);
    else notices.push(...noticeOf(budget, use, used));
  });
  const met = past.filter((each, index) =>
    meetsPast(each, question, { owner: rules.length + index, concerns })
  );
  return {
    findings,
    unmeasured,
    notices,
    counted: {
      counts,
      met: met.filter(({ isStrict }) => !isStrict).map(({ id }) => id),
      proven: met.filter(({ isStrict }) => isStrict).map(({ id }) => id),
    },
  };
}

interface Measured {
  readonly budget: Budget;
  readonly index: number;
  readonly use: Use;
  readonly used: number;
}

const spanWords: Readonly<Record<Span, string>> = {
  session: "in this session",
  hour: "in the last hour",
  day: "in the last day",
};

function exceed({ budget, index, use, used }: Measured, { history }: Question): Finding | null {
  const { id, count, per, max } = budget;
  if (use.isClaimInvalid) {
    return finding(
      budget,
      index,
      `Budget "${id}" counts changes, and what is claimed is no number`,
    );
  }
  if (use.atLeast === 0) return null;
  // SECURITY: what nobody counted is not zero.
  if (history === undefined) {
    return finding(budget, index, `Budget "${id}" cannot be told: nobody counted`);
  }
  if (used + use.atLeast <= max) return null;
  return finding(
    budget,
    index,
    `Budget "${id}" allows ${max} ${count} ${spanWords[per]}: ${used} used, this takes ` +
      `${use.atLeast}`,
  );
}

function finding(budget: Budget, index: number, message: string): Finding {
  const why = budget.reason ?? budget.description;
  return {
    policy: `budgets.${budget.id}`,
    code: "budget_exceeded",
    severity: budget.severity,
    message: message + (why === null ? "" : `: ${why}`),
    sourceKey: `budgets.${index}`,
    verdict: budget.effect,
    overridable: true,
  };
}

function noticeOf({ id, count, per, max }: Budget, use: Use, used: number): readonly string[] {
  const total = used + use.atLeast;
  if (use.atLeast === 0 || total < max * noticeShare) return [];
  return [`budget ${id}: ${total} of ${max} ${count} ${spanWords[per]} with this one`];
}
