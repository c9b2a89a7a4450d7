/**
 * Keys of `budgets`, in policy.yaml or in budget.yaml beside it.
 *
 * @module
 */
import { maxBudgets, maxLabelCharacters } from "../limits.ts";
import { conditionKeys } from "./condition_schema.ts";
import { severities } from "./policy.ts";
import type { SchemaNode } from "./schema_node.ts";

const since = "0.1.0";

export const budgetSection = {
  kind: "sections",
  maxItems: maxBudgets,
  description: "Upper bounds over many operations of one principal, counted from the log.",
  since,
  item: {
    kind: "section",
    description: "One budget: an operation that would bring the count above max is not allowed.",
    since,
    keys: {
      id: {
        kind: "text",
        isRequired: true,
        maxCharacters: 64,
        shape: /^[a-z][a-z0-9_-]{0,63}$/,
        examples: ["deletes-per-session"],
        description: "Name of the budget in answers and in the log, as budgets.ID; used once.",
        since,
      },
      description: {
        kind: "text",
        isRequired: false,
        maxCharacters: maxLabelCharacters,
        shape: null,
        examples: ["Nobody needs to delete more than that unwatched"],
        description: "What the budget is for.",
        since,
      },
      count: {
        kind: "choice",
        values: ["operations", "files", "deletes", "lines", "commands"],
        default: null,
        description: "What is counted: operations, files changed, files deleted, lines changed, " +
          "or programs that commands start.",
        since,
      },
      match: {
        kind: "section",
        isOptional: true,
        minKeys: 1,
        description: "What is counted of, as in rules; left out, all of it.",
        since,
        keys: conditionKeys,
      },
      per: {
        kind: "choice",
        values: ["session", "hour", "day"],
        default: null,
        description:
          "Over what one principal's count runs. A session is what the agent says it is.",
        since,
      },
      max: {
        kind: "limit",
        isRequired: true,
        examples: [20],
        description: "What may be used up. 0 allows none.",
        since,
      },
      effect: {
        kind: "choice",
        values: ["deny", "ask"],
        default: "deny",
        description: "The answer to what would go above it.",
        since,
      },
      severity: {
        kind: "choice",
        values: severities,
        default: "HIGH",
        description: "How bad that is, for people and for the log.",
        since,
      },
      reason: {
        kind: "text",
        isRequired: false,
        maxCharacters: maxLabelCharacters,
        shape: null,
        examples: ["Ask a person to clean up"],
        description: "One sentence for whoever is denied or asked.",
        since,
      },
    },
  },
} as const satisfies SchemaNode;

/** The whole of budget.yaml. */
export const budgetFileSchema = {
  kind: "section",
  minKeys: 1,
  description: "Budgets in a file of their own.",
  since,
  keys: { budgets: budgetSection },
} as const satisfies SchemaNode;
