/**
 * Keys of `budgets`, in policy.yaml or in budget.yaml beside it.
 *
 * @module
 */
import { maxBudgets, maxLabelCharacters } from "../limits.ts";
import { conditionKeys } from "./condition_schema.ts";
import { severities } from "./policy.ts";
import type { SchemaNode } from "./schema_node.ts";

export const budgetSection = {
  kind: "sections",
  maxItems: maxBudgets,
  item: {
    kind: "section",
    keys: {
      id: {
        kind: "text",
        isRequired: true,
        maxCharacters: 64,
        shape: /^[a-z][a-z0-9_-]{0,63}$/,
      },
      description: {
        kind: "text",
        isRequired: false,
        maxCharacters: maxLabelCharacters,
        shape: null,
      },
      count: {
        kind: "choice",
        values: ["operations", "files", "deletes", "lines", "commands"],
        default: null,
      },
      match: {
        kind: "section",
        isOptional: true,
        minKeys: 1,
        keys: conditionKeys,
      },
      per: {
        kind: "choice",
        values: ["session", "hour", "day"],
        default: null,
      },
      max: {
        kind: "limit",
        isRequired: true,
      },
      effect: {
        kind: "choice",
        values: ["deny", "ask"],
        default: "deny",
      },
      severity: {
        kind: "choice",
        values: severities,
        default: "HIGH",
      },
      reason: {
        kind: "text",
        isRequired: false,
        maxCharacters: maxLabelCharacters,
        shape: null,
      },
    },
  },
} as const satisfies SchemaNode;

/** The whole of budget.yaml. */
export const budgetFileSchema = {
  kind: "section",
  minKeys: 1,
  keys: { budgets: budgetSection },
} as const satisfies SchemaNode;
