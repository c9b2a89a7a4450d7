/**
 * Keys that say which operations are meant: in rules, in budgets, and in what went before.
 *
 * @module
 */
import { maxPatternCharacters, maxRuleItems } from "../limits.ts";
import { verbs } from "../operation/effect.ts";
import type { SchemaNode } from "./schema_node.ts";

const condition = {
  kind: "strings",
  // An empty list would be a condition that nothing meets and looks as if something did.
  minItems: 1,
  maxItems: maxRuleItems,
  maxCharacters: maxPatternCharacters,
} as const;

/** All of them must be satisfied. */
export const conditionKeys = {
  types: condition,
  verbs: {
    kind: "words",
    values: verbs,
    minItems: 1,
    maxItems: verbs.length,
  },
  files: condition,
  commands: condition,
  tools: condition,
  principals: condition,
} as const satisfies Readonly<Record<string, SchemaNode>>;

/** Where it names principals, everybody who matches is looked at, not only the one who asks now. */
const pastKeys = {
  ...conditionKeys,
  within: {
    kind: "choice",
    values: ["session", "hour", "day"],
    default: null,
  },
} as const satisfies Readonly<Record<string, SchemaNode>>;

// `within` and at least one other key.
const pastSection = {
  kind: "section",
  isOptional: true,
  minKeys: 2,
  keys: pastKeys,
} as const;

/** Conditions on earlier operations. */
export const pastSections = {
  /** Only after an operation that met all of this and was allowed. */
  after: pastSection,
  /** Only as long as no such operation was allowed. */
  without: pastSection,
} as const satisfies Readonly<Record<string, SchemaNode>>;
