import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import {
  locateNode,
  policyPositions,
  readDocument,
  withLocation,
} from "../../../src/core/policy/locate.ts";
import { PolicyError } from "../../../src/core/policy/policy_error.ts";
import { guidePolicy } from "../../../src/core/policy/starter_policy.ts";

const file = "policy.yaml";
const text = `version: "1.0"
limits:
  max_complexity: 10
  max_file_size:
protected: {files: ["a*b", 'c', d], operations: []}
`;

function locate(options: ConstructorParameters<typeof PolicyError>[2]): readonly unknown[] {
  const error = withLocation(new PolicyError("policy_invalid", "x", options), text, file);
  return [error.location?.line, error.location?.column];
}

describe("locateNode()", () => {
  it("finds values, and keys where the value is a block or empty", () => {
    const rows: readonly [readonly (string | number)[], number, number][] = [
      [[], 1, 1],
      [["version"], 1, 10],
      [["limits"], 2, 1],
      [["limits", "max_complexity"], 3, 19],
      [["limits", "max_file_size"], 4, 3],
      [["protected"], 5, 12],
      [["protected", "files", 0], 5, 21],
      [["protected", "files", 2], 5, 33],
      [["protected", "operations"], 5, 49],
    ];
    for (const [path, line, column] of rows) {
      assertEquals(locateNode(text, path), { line, column }, path.join("."));
    }
  });

  it("answers null for what is not there", () => {
    for (const path of [["x"], ["limits", "x"], ["protected", "files", 3], ["version", "x"]]) {
      assertEquals(locateNode(text, path), null);
    }
  });
});

describe("policyPositions()", () => {
  it("has every entry a violation can point at", () => {
    const positions = policyPositions(guidePolicy);
    assertEquals(positions.get("limits.max_complexity"), { line: 11, column: 19 });
    assertEquals(positions.get("protected.files.0"), { line: 18, column: 7 });
    assertEquals(positions.get("protected.files.2"), { line: 20, column: 7 });
    assertEquals(positions.get("protected.operations.1"), { line: 24, column: 7 });
    assertEquals(positions.get("enforcement.fail_closed"), { line: 7, column: 16 });
  });
});

describe("withLocation()", () => {
  it("points at the key, the value, or into it", () => {
    assertEquals(locate({ path: ["limits", "max_complexity"] }), [3, 19]);
    assertEquals(locate({ path: ["limits", "max_complexity"], isKey: true }), [3, 3]);
    assertEquals(locate({ path: ["protected", "files", 0], offsetInScalar: 1 }), [5, 23]);
    assertEquals(locate({ path: ["protected", "files", 2], offsetInScalar: 0 }), [5, 33]);
  });

  it("points at the nearest node there is", () => {
    assertEquals(locate({ path: ["limits", "x", "y"] }), [2, 1]);
    assertEquals(locate({ path: ["x"] }), [1, 1]);
  });

  it("keeps everything else of the error", () => {
    const before = new PolicyError("feature_unavailable", "x", { path: ["limits"], hint: "y" });
    const after = withLocation(before, text, file);
    assertEquals([after.code, after.message, after.hint], ["feature_unavailable", "x", "y"]);
    assertEquals(after.location, { file, line: 2, column: 1, text: "limits:" });
  });

  it("leaves alone what has a location or no path", () => {
    const located = new PolicyError("policy_invalid", "x", {
      path: [],
      location: { file, line: 7, column: 7 },
    });
    const pathless = new EngineError("policy_too_large", "x");
    assertStrictEquals(withLocation(located, text, file), located);
    assertStrictEquals(withLocation(pathless, text, file), pathless);
  });
});

describe("readDocument()", () => {
  it("works without any permission and puts the environment back", () => {
    const { process } = globalThis as unknown as { readonly process: { env: object } };
    const environment = process.env;
    assertEquals(readDocument("a: [").errors.length > 0, true);
    assertStrictEquals(process.env, environment);
  });
});
