/**
 * Files beside the policy that hold one section each, which the policy then does not: budget.yaml and
 * overrides.yaml.
 *
 * @module
 */
import { budgetFile, overrideFile, policyFile } from "../integrity/policy_snapshot.ts";
import type { Json, JsonObject } from "../operation/operation.ts";
import { budgetFileSchema } from "./budget_schema.ts";
import { overrideFileSchema } from "./override_schema.ts";
import { parseNode } from "./parse_node.ts";
import { parseYaml } from "./parse_yaml.ts";
import { PolicyError } from "./policy_error.ts";
import type { SchemaNode } from "./schema_node.ts";

export interface SectionFile {
  /** As in a snapshot's `files`. */
  readonly file: string;
  /** The file's one key, and the policy's. */
  readonly section: string;
  /** Of the whole file. */
  readonly schema: SchemaNode;
}

/** All there are. */
export const sectionFiles: readonly SectionFile[] = [
  { file: budgetFile, section: "budgets", schema: budgetFileSchema },
  { file: overrideFile, section: "overrides", schema: overrideFileSchema },
];

/**
 * Reads the file's text.
 *
 * @returns Its section, as plain values of the right shape.
 * @throws {EngineError} `policy_syntax`, or `policy_invalid` with the node's path.
 */
export function parseSection({ file, section, schema }: SectionFile, text: string): Json {
  const values = parseYaml(text, file);
  parseNode(schema, values, []);
  return (values as JsonObject)[section] ?? null;
}

/**
 * The policy's values with the section in its place.
 *
 * @throws {PolicyError} `policy_invalid` when it stands in both files.
 */
export function joinSection({ file, section }: SectionFile, values: Json, value: Json): Json {
  const isMapping = typeof values === "object" && values !== null && !Array.isArray(values);
  // Anything else is no policy, and refused as what it is.
  if (!isMapping) return values;
  if (!Object.hasOwn(values, section)) return { ...values as JsonObject, [section]: value };
  const message = `Cannot use ${section} of ${file}: ${policyFile} has ${section} too`;
  throw new PolicyError("policy_invalid", message, {
    path: [section],
    isKey: true,
    hint: "keep them in one of the two files",
  });
}
