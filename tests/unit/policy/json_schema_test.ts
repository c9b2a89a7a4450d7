import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import accepted from "../../vectors/policy/accepted.json" with { type: "json" };
import type { Json, JsonObject } from "../../../src/core/operation/operation.ts";
import { policyJsonSchema } from "../../../src/core/policy/json_schema.ts";
import { parseYaml } from "../../../src/core/policy/parse_yaml.ts";
import { policySchema } from "../../../src/core/policy/schema.ts";

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
const size = (value: Json) => (typeof value === "string" || isList(value) ? value.length : 0);

/** What draft-07 says of each keyword the schema uses; another keyword fails the test. */
const keywords: Record<string, (rule: Json, value: Json, schema: JsonObject) => boolean> = {
  $schema: (rule) => rule === "http://json-schema.org/draft-07/schema#",
  title: () => true,
  description: (rule) => typeof rule === "string" && rule.length > 10,
  default: () => true,
  examples: isList,
  const: (rule, value) => rule === value,
  enum: (rule, value) => isList(rule) && rule.includes(value),
  type: (rule, value) =>
    ({
      object: isObject(value),
      array: isList(value),
      string: typeof value === "string",
      boolean: typeof value === "boolean",
      integer: Number.isInteger(value),
    })[String(rule)] === true,
  minimum: (rule, value) => Number(value) >= Number(rule),
  maximum: (rule, value) => Number(value) <= Number(rule),
  minLength: (rule, value) => size(value) >= Number(rule),
  maxLength: (rule, value) => size(value) <= Number(rule),
  minItems: (rule, value) => size(value) >= Number(rule),
  maxItems: (rule, value) => size(value) <= Number(rule),
  pattern: (rule, value) => typeof value === "string" && new RegExp(String(rule)).test(value),
  minProperties: (rule, value) => Object.keys(value ?? {}).length >= Number(rule),
  maxProperties: (rule, value) => Object.keys(value ?? {}).length <= Number(rule),
  items: (rule, value) => isObject(rule) && isList(value) && value.every((v) => allows(rule, v)),
  required: (rule, value) =>
    isList(rule) && isObject(value) && rule.every((key) => Object.hasOwn(value, String(key))),
  properties: (rule, value) =>
    isObject(rule) && isObject(value) &&
    Object.entries(rule).every(([key, child]) =>
      !Object.hasOwn(value, key) || (isObject(child) && allows(child, value[key] ?? null))
    ),
  propertyNames: (rule, value) =>
    isObject(rule) && isObject(value) &&
    Object.keys(value).every((key) => new RegExp(String(rule["pattern"])).test(key)),
  additionalProperties: (rule, value, { properties = {} }) =>
    isObject(value) && isObject(properties) &&
    Object.entries(value).every(([key, child]) =>
      Object.hasOwn(properties, key) || (isObject(rule) && allows(rule, child))
    ),
};

function allows(schema: JsonObject, value: Json): boolean {
  return Object.entries(schema).every(([keyword, rule]) => {
    const check = keywords[keyword];
    assert(check !== undefined, `keyword ${keyword} is not known here`);
    return check(rule, value, schema);
  });
}

describe("policyJsonSchema()", () => {
  const schema = policyJsonSchema();

  it("allows every accepted vector", () => {
    assert(accepted.length > 10);
    for (const { name, text } of accepted) {
      assertEquals(allows(schema, parseYaml(text, "f")), true, name);
    }
  });

  it("refuses what parsePolicy refuses by key, type or bound", () => {
    const rows: readonly Json[] = [
      null,
      [],
      {},
      { version: 1 },
      { version: "1.1" },
      { version: "1.0", protect: {} },
      { version: "1.0", rules: {} },
      { version: "1.0", rules: [{ id: "a" }] },
      { version: "1.0", rules: [{ match: { types: ["command"] } }] },
      { version: "1.0", rules: [{ id: "A", match: { types: ["command"] } }] },
      { version: "1.0", rules: [{ id: "a", match: {} }] },
      { version: "1.0", rules: [{ id: "a", match: { files: [] } }] },
      { version: "1.0", rules: [{ id: "a", match: { verbs: ["rm"] } }] },
      { version: "1.0", rules: [{ id: "a", match: { tools: ["t"] }, effect: "allow" }] },
      { version: "1.0", commands: { opaque: "warn" } },
      { version: "1.0", limits: null },
      { version: "1.0", limits: { max_complexity: -1 } },
      { version: "1.0", limits: { max_complexity: null } },
      { version: "1.0", limits: { max_complexity: 2 ** 53 } },
      { version: "1.0", enforcement: { enabled: "no" } },
      { version: "1.0", enforcement: { mode: "shadow" } },
      { version: "1.0", protected: { files: "*.env" } },
      { version: "1.0", protected: { files: [1] } },
      { version: "1.0", protected: { files: [""] } },
      { version: "1.0", protected: { secret_files: [""] } },
      { version: "1.0", operations: { custom: { deploy: [] } } },
      { version: "1.0", operations: { custom: { Deploy: ["read"] } } },
      { version: "1.0", operations: { custom: { constructor: ["read"] } } },
    ];
    for (const row of rows) assertEquals(allows(schema, row), false, JSON.stringify(row));
  });

  it("is plain JSON that says no more than is built", () => {
    assertEquals<unknown>(JSON.parse(JSON.stringify(schema)), schema);
    const built = Object.entries(policySchema.keys).filter(([, node]) =>
      node.kind !== "unavailable"
    );
    assertEquals(Object.keys(schema["properties"] ?? {}), built.map(([key]) => key));
  });
});
