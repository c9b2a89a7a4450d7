import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import Ajv from "ajv/2020";
import accepted from "../../vectors/policy/accepted.json" with { type: "json" };
import refused from "../../vectors/policy/refused.json" with { type: "json" };
import { EngineError } from "../../../src/core/errors.ts";
import type { Json } from "../../../src/core/operation/operation.ts";
import { policyJsonSchema } from "../../../src/core/policy/json_schema.ts";
import { parseNode } from "../../../src/core/policy/parse_node.ts";
import { parseYaml } from "../../../src/core/policy/parse_yaml.ts";
import { policySchema } from "../../../src/core/policy/schema.ts";
import { guidePolicy, starterPolicy } from "../../../src/core/policy/starter_policy.ts";

/** Somebody else's validator, strict: an unknown keyword or a doubtful one is an error. */
const allows = new Ajv.default({ strict: true, allErrors: false }).compile(policyJsonSchema());

/** Whether the parser takes keys, types and bounds; what they mean comes after. */
function hasShape(value: Json): boolean {
  try {
    parseNode(policySchema, value, []);
    return true;
  } catch (error) {
    if (error instanceof EngineError) return false;
    throw error;
  }
}

/** Null for text that is no YAML of ours. */
function valueOf(text: string): Json | undefined {
  try {
    return parseYaml(text, "f");
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}

/** Every value with one node changed for something of another kind, or left out. */
function* mutations(value: Json): Generator<Json> {
  yield* wrong;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      for (const other of mutations(item)) yield value.with(index, other);
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      for (const other of mutations(item)) yield { ...value, [key]: other };
      yield Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
      yield { ...value, [`${key}x`]: item };
    }
  }
}

const wrong: readonly Json[] = [
  null,
  true,
  "no",
  "",
  "allow",
  0,
  -1,
  1.5,
  2 ** 53,
  [],
  [[]],
  ["x"],
  [""],
  {},
  { x: 1 },
  "y".repeat(1_025),
];

describe("policyJsonSchema()", () => {
  const schema: Record<string, unknown> = policyJsonSchema();

  it("says which schema it is", () => {
    assertEquals(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  });

  it("allows every accepted vector", () => {
    assert(accepted.length > 10);
    for (const { name, text } of accepted) {
      assertEquals(allows(parseYaml(text, "f")), true, name);
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
    for (const row of rows) assertEquals(allows(row), false, JSON.stringify(row));
  });

  it("refuses every refused vector that the parser refuses by its shape, and no other", () => {
    const counts = { shape: 0, meaning: 0 };
    for (const { name, text } of refused) {
      const value = valueOf(text);
      if (value === undefined) continue;
      assertEquals(allows(value), hasShape(value), name);
      counts[hasShape(value) ? "meaning" : "shape"]++;
    }
    assert(counts.shape > 40 && counts.meaning > 20, JSON.stringify(counts));
  });

  it("YAML-23 agrees with the parser about every node of another kind", () => {
    let count = 0;
    for (const text of [guidePolicy, starterPolicy, ...accepted.map((each) => each.text)]) {
      for (const value of mutations(parseYaml(text, "f"))) {
        assertEquals(allows(value), hasShape(value), JSON.stringify(value));
        count++;
      }
    }
    assert(count > 3_000, String(count));
  });

  it("describes every key, with a default, an example or a list of values where there is one", () => {
    const look = (node: Record<string, unknown>, path: string): void => {
      assert(String(node["description"]).length > 10, path);
      const keys = Object.entries((node["properties"] ?? {}) as Record<string, typeof node>);
      for (const [key, child] of keys) look(child, `${path}.${key}`);
      const items = node["items"] as typeof node | undefined;
      if (items?.["properties"] !== undefined) look(items, `${path}[]`);
      const hint = ["default", "examples", "enum", "const", "properties"].some((word) =>
        word in node || (items !== undefined && word in items)
      );
      assert(hint, path);
    };
    look(schema, "");
  });

  it("is plain JSON that says no more than is built", () => {
    assertEquals<unknown>(JSON.parse(JSON.stringify(schema)), schema);
    const built = Object.entries(policySchema.keys).filter(([, node]) =>
      node.kind !== "unavailable"
    );
    assertEquals(Object.keys(schema["properties"] ?? {}), built.map(([key]) => key));
  });
});
