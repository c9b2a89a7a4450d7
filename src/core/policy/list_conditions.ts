/**
 * Every condition of a policy with its place: of rules, of what they look back to, of budgets, of checks.
 *
 * @module
 */
import type { Condition, Policy } from "./policy.ts";

export interface PlacedCondition {
  readonly condition: Condition;
  /** Dotted, as policyPositions has it: `rules.2.match.after`. */
  readonly path: string;
}

/** In file order. */
export function listConditions(
  { rules, budgets, checks }: Pick<Policy, "rules" | "budgets" | "checks">,
): readonly PlacedCondition[] {
  return [
    ...rules.flatMap(({ match }, index) => {
      const path = `rules.${index}.match`;
      const past = (["after", "without"] as const).flatMap((key) => {
        const looked = match[key];
        return looked === null ? [] : [{ condition: looked.condition, path: `${path}.${key}` }];
      });
      return [{ condition: match, path }, ...past];
    }),
    ...budgets.map(({ match }, index) => ({ condition: match, path: `budgets.${index}.match` })),
    ...checks.flatMap(({ match }, index) =>
      match === null ? [] : [{ condition: match, path: `checks.${index}.match` }]
    ),
  ];
}
