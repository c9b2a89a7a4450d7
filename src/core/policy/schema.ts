/**
 * Every key a policy may have, once: parse_node.ts checks by this table, json_schema.ts prints it.
 *
 * @module
 */
import { verbs } from "../operation/effect.ts";
import { maxPatternCharacters, maxPatterns } from "../limits.ts";
import { operationNames } from "./operation_names.ts";

/** Names under `operations.custom`; more is a generated file nobody has read. */
const maxCustomOperations = 256;

interface Described {
  /** For people: one sentence, shown by editors. */
  readonly description: string;
  /** First version of Sealward that knows the key. */
  readonly since: string;
}
interface WordsNode extends Described {
  readonly kind: "words";
  readonly values: readonly string[];
  readonly minItems: number;
  readonly maxItems: number;
}

/** One key's type, bounds and default; a key without default must be written. */
export type SchemaNode =
  | (Described & { readonly kind: "version"; readonly value: "1.0" })
  | (Described & { readonly kind: "boolean"; readonly default: boolean })
  | (Described & {
    readonly kind: "choice";
    readonly values: readonly string[];
    readonly default: string;
  })
  /** An integer from 0 to 2^53 - 1, or absent: no such limit. */
  | (Described & { readonly kind: "limit" })
  | (Described & {
    readonly kind: "strings";
    readonly minItems: number;
    readonly maxItems: number;
    readonly maxCharacters: number;
    /** For completion in editors; anything else is allowed too. */
    readonly examples: readonly string[];
  })
  | WordsNode
  /** Free names, each with a value of one kind. */
  | (Described & {
    readonly kind: "map";
    readonly name: RegExp;
    readonly maxEntries: number;
    readonly value: WordsNode;
  })
  | (Described & {
    readonly kind: "section";
    readonly keys: { readonly [key: string]: SchemaNode };
  })
  /** Known, and not built yet: refused with its own code, never ignored. */
  | (Described & { readonly kind: "unavailable" });

/** What parseNode makes of a node: defaults filled in, `limit` null where absent. */
export type NodeValue<N extends SchemaNode> = N extends { readonly kind: "section" } ? {
    readonly [
      K in keyof N["keys"] as N["keys"][K] extends { readonly kind: "unavailable" } ? never
        : K
    ]: NodeValue<N["keys"][K]>;
  }
  : N extends { readonly kind: "version"; readonly value: infer V } ? V
  : N extends { readonly kind: "boolean" } ? boolean
  : N extends { readonly kind: "choice"; readonly values: readonly (infer V)[] } ? V
  : N extends { readonly kind: "limit" } ? number | null
  : N extends { readonly kind: "strings" } ? readonly string[]
  : N extends { readonly kind: "words"; readonly values: readonly (infer V)[] } ? readonly V[]
  : N extends { readonly kind: "map" } ? ReadonlyMap<string, NodeValue<N["value"]>>
  : never;

const since = "0.1.0";

const limit = (description: string) => ({ kind: "limit", description, since } as const);
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
    max_complexity: limit("Cyclomatic complexity of the code, as the caller states it."),
    max_file_size: limit("Bytes of any file after the operation."),
    max_changes_per_operation: limit("Lines added plus lines removed."),
    max_files_per_operation: limit("Files one operation may touch."),
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
    secret_files: unavailable("Patterns of files that may not even be read."),
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
      description: "Name of each added operation type, with the verbs it stands for.",
      since,
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
    commands: unavailable("What happens to commands that cannot be read."),
    rules: unavailable("Rules with conditions of their own."),
    checks: unavailable("Programs that judge an operation."),
    budgets: unavailable("Limits over many operations."),
    overrides: unavailable("How a human approves an exception."),
    audit: unavailable("What the audit log records."),
  },
} as const satisfies SchemaNode;
