/**
 * Keys that say which operations are meant: in rules, in budgets, and in what went before.
 *
 * @module
 */
import { maxPatternCharacters, maxRuleItems } from "../limits.ts";
import { verbs } from "../operation/effect.ts";
import { operationTypes } from "../operation/operation.ts";
import type { SchemaNode } from "./schema_node.ts";

const since = "0.1.0";

const condition = (description: string, examples: readonly string[]) => ({
  kind: "strings",
  // An empty list would be a condition that nothing meets and looks as if something did.
  minItems: 1,
  maxItems: maxRuleItems,
  maxCharacters: maxPatternCharacters,
  examples,
  description,
  since,
} as const);

/** All of them must be satisfied. */
export const conditionKeys = {
  types: condition("Types of operations, custom ones too.", operationTypes),
  verbs: {
    kind: "words",
    values: verbs,
    minItems: 1,
    maxItems: verbs.length,
    description: "What the operation does, to the files of the rule if it names any.",
    since,
  },
  files: condition("Patterns of files, reading included.", ["/tmp/", "src/**/*.sql"]),
  commands: condition('Words of commands, e.g. "git push *".', ["git push *", "rm *"]),
  tools: condition('Names of tools, e.g. "mcp__db__*".', ["mcp__*"]),
  principals: condition('Who asks, e.g. "uid:1000".', ["token:agent", "uid:*"]),
} as const satisfies Readonly<Record<string, SchemaNode>>;

const pastKeys = {
  ...conditionKeys,
  principals: condition(
    "Who did it: then everybody who matches is looked at, else only the one who asks now.",
    ["token:operator", "uid:0"],
  ),
  within: {
    kind: "choice",
    values: ["session", "hour", "day"],
    default: null,
    description: "How far back: the caller's session, or the last hour or day.",
    since,
  },
} as const satisfies Readonly<Record<string, SchemaNode>>;

// `within` and at least one other key.
const pastSection = {
  kind: "section",
  isOptional: true,
  minKeys: 2,
  since,
  keys: pastKeys,
} as const;

/** Conditions on earlier operations. */
export const pastSections = {
  after: {
    ...pastSection,
    description: "Only after an operation that met all of this and was allowed.",
  },
  without: {
    ...pastSection,
    description: "Only as long as no operation that met all of this, an approval say, was allowed.",
  },
} as const satisfies Readonly<Record<string, SchemaNode>>;
