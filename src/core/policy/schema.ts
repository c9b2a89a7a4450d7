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
import { operationNames } from "./operation_names.ts";
import { mcpSection } from "./mcp_schema.ts";
import { overrideSection } from "./override_schema.ts";
import { severities } from "./policy.ts";
import type { SchemaNode } from "./schema_node.ts";

/** Names under `operations.custom`; more is a generated file nobody has read. */
const maxCustomOperations = 256;

const since = "0.1.0";

const limit = (description: string, example: number) =>
  ({ kind: "limit", examples: [example], description, since }) as const;
const unavailable = (description: string) => ({ kind: "unavailable", description, since } as const);

const enforcement = {
  kind: "section",
  description: "How the answer is enforced.",
  since,
  keys: {
    enabled: {
      kind: "boolean",
      default: true,
      description: "false decides nothing but tampering; every answer says so.",
      since,
    },
    fail_closed: {
      kind: "boolean",
      default: true,
      description: "Deny when anything goes wrong. false is loud in every answer.",
      since,
    },
    mode: {
      kind: "choice",
      values: ["enforce", "observe"],
      default: "enforce",
      description: "observe allows, and says in the answer and the log what it would have denied.",
      since,
    },
    on_unverified: {
      kind: "choice",
      values: ["deny", "ask"],
      default: "deny",
      description: "The answer when the effects of an operation cannot be known.",
      since,
    },
    default: {
      kind: "choice",
      values: ["allow", "deny"],
      default: "allow",
      description: "The answer when nothing in the policy speaks about the operation.",
      since,
    },
  },
} as const satisfies SchemaNode;

const limits = {
  kind: "section",
  description: "Upper bounds of one operation. 0 allows none; leave a key out for no limit.",
  since,
  keys: {
    max_complexity: limit("Cyclomatic complexity of the code, as the caller states it.", 10),
    max_file_size: limit("Bytes of any file after the operation.", 1_000_000),
    max_changes_per_operation: limit("Lines added plus lines removed.", 5_000),
    max_files_per_operation: limit("Files one operation may touch.", 20),
  },
} as const satisfies SchemaNode;

const protection = {
  kind: "section",
  description:
    "What no operation may touch. Sealward's own files are protected without a line here.",
  since,
  keys: {
    files: {
      kind: "strings",
      minItems: 0,
      maxItems: maxPatterns,
      maxCharacters: maxPatternCharacters,
      examples: ["*.env", "*.pem", "secrets/", "config/*.yaml"],
      description: 'Patterns of files that may be read and nothing else, e.g. "*.env".',
      since,
    },
    operations: {
      kind: "strings",
      minItems: 0,
      maxItems: 1_000,
      maxCharacters: 64,
      examples: operationNames,
      description: 'Verbs and operation types that are denied on every file, e.g. "delete".',
      since,
    },
    secret_files: {
      kind: "strings",
      minItems: 0,
      maxItems: maxPatterns,
      maxCharacters: maxPatternCharacters,
      examples: ["*.pem", "id_rsa", "secrets/"],
      description: 'Patterns of files that may not even be read, e.g. "id_rsa".',
      since,
    },
  },
} as const satisfies SchemaNode;

const operations = {
  kind: "section",
  description: "Operation types this deployment adds.",
  since,
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
        description: "What the operation does to the files it names.",
        since,
      },
      examples: [{ deploy: ["execute", "connect"] }],
      description: "Name of each added operation type, with the verbs it stands for.",
      since,
    },
  },
} as const satisfies SchemaNode;

const commands = {
  kind: "section",
  description: "What command lines may do.",
  since,
  keys: {
    opaque: {
      kind: "choice",
      values: ["deny", "ask", "allow"],
      default: "deny",
      description: "The answer when it is known what runs and not what that does.",
      since,
    },
  },
} as const satisfies SchemaNode;

const rules = {
  kind: "sections",
  maxItems: maxRules,
  description: "Rules with conditions of their own.",
  since,
  item: {
    kind: "section",
    description: "One rule: it matches when every key of match is satisfied.",
    since,
    keys: {
      id: {
        kind: "text",
        isRequired: true,
        maxCharacters: 64,
        shape: /^[a-z][a-z0-9_-]{0,63}$/,
        examples: ["no-push"],
        description: "Name of the rule in answers and in the log, as rules.ID; used once.",
        since,
      },
      description: {
        kind: "text",
        isRequired: false,
        maxCharacters: maxLabelCharacters,
        shape: null,
        examples: ["Pushing is a person's step"],
        description: "What the rule is for.",
        since,
      },
      match: {
        kind: "section",
        minKeys: 1,
        description: "When the rule matches: every key that is written must be satisfied.",
        since,
        keys: {
          ...conditionKeys,
          ...pastSections,
        },
      },
      mode: {
        kind: "choice",
        values: ["enforce", "observe"],
        default: "enforce",
        description: "observe changes no answer: answer and log say what the rule would have said.",
        since,
      },
      effect: {
        kind: "choice",
        values: ["deny", "ask", "warn"],
        default: "deny",
        description: "The answer of the rule; warn allows and says so.",
        since,
      },
      severity: {
        kind: "choice",
        values: severities,
        default: "HIGH",
        description: "How bad it is, for people and for the log.",
        since,
      },
      reason: {
        kind: "text",
        isRequired: false,
        maxCharacters: maxLabelCharacters,
        shape: null,
        examples: ["Ask a maintainer before changing the schema"],
        description: "One sentence for whoever is denied or asked.",
        since,
      },
    },
  },
} as const satisfies SchemaNode;

/** The whole file. */
export const policySchema = {
  kind: "section",
  description: "A Sealward policy.",
  since,
  keys: {
    version: {
      kind: "version",
      value: "1.0",
      description: 'Version of the policy format, in quotes: "1.0".',
      since,
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
    audit: unavailable("What the audit log records."),
  },
} as const satisfies SchemaNode;
