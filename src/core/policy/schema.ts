/**
 * Every key a policy may have, once: parse_node.ts checks by this table, json_schema.ts prints it.
 *
 * @module
 */
import { verbs } from "../operation/effect.ts";
import { maxLabelCharacters, maxPatternCharacters, maxPatterns, maxRules } from "../limits.ts";
import { budgetSection } from "./budget_schema.ts";
import { checkSection } from "./check_schema.ts";
import { conditionKeys, pastSections } from "./condition_schema.ts";
import { mcpSection } from "./mcp_schema.ts";
import { overrideSection } from "./override_schema.ts";
import { severities } from "./policy.ts";
import type { SchemaNode } from "./schema_node.ts";

/** Names under `operations.custom`; more is a generated file nobody has read. */
const maxCustomOperations = 256;

const limit = { kind: "limit" } as const;

const enforcement = {
  kind: "section",
  keys: {
    enabled: {
      kind: "boolean",
      default: true,
    },
    fail_closed: {
      kind: "boolean",
      default: true,
    },
    mode: {
      kind: "choice",
      values: ["enforce", "observe"],
      default: "enforce",
    },
    on_unverified: {
      kind: "choice",
      values: ["deny", "ask"],
      default: "deny",
    },
    default: {
      kind: "choice",
      values: ["allow", "deny"],
      default: "allow",
    },
  },
} as const satisfies SchemaNode;

const limits = {
  kind: "section",
  keys: {
    max_complexity: limit,
    max_file_size: limit,
    max_changes_per_operation: limit,
    max_files_per_operation: limit,
  },
} as const satisfies SchemaNode;

const protection = {
  kind: "section",
  keys: {
    files: {
      kind: "strings",
      minItems: 0,
      maxItems: maxPatterns,
      maxCharacters: maxPatternCharacters,
    },
    operations: {
      kind: "strings",
      minItems: 0,
      maxItems: 1_000,
      maxCharacters: 64,
    },
    secret_files: {
      kind: "strings",
      minItems: 0,
      maxItems: maxPatterns,
      maxCharacters: maxPatternCharacters,
    },
  },
} as const satisfies SchemaNode;

const operations = {
  kind: "section",
  keys: {
    custom: {
      kind: "map",
      // Not the two names that a careless reader finds in every object.
      name: /^(?!(?:constructor|prototype)$)[a-z][a-z0-9_.:-]{0,63}$/,
      maxEntries: maxCustomOperations,
      value: {
        kind: "words",
        values: verbs,
        // SECURITY: an operation without verbs would pass every pattern.
        minItems: 1,
        maxItems: verbs.length,
      },
    },
  },
} as const satisfies SchemaNode;

const commands = {
  kind: "section",
  keys: {
    opaque: {
      kind: "choice",
      values: ["deny", "ask", "allow"],
      default: "deny",
    },
  },
} as const satisfies SchemaNode;

const rules = {
  kind: "sections",
  maxItems: maxRules,
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
      match: {
        kind: "section",
        minKeys: 1,
        keys: {
          ...conditionKeys,
          ...pastSections,
        },
      },
      mode: {
        kind: "choice",
        values: ["enforce", "observe"],
        default: "enforce",
      },
      effect: {
        kind: "choice",
        values: ["deny", "ask", "warn"],
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

/** The whole file. */
export const policySchema = {
  kind: "section",
  keys: {
    version: {
      kind: "version",
      value: "1.0",
    },
    enforcement,
    limits,
    protected: protection,
    operations,
    commands,
    rules,
    checks: checkSection,
    budgets: budgetSection,
    mcp: mcpSection,
    overrides: overrideSection,
    audit: { kind: "unavailable" },
  },
} as const satisfies SchemaNode;
