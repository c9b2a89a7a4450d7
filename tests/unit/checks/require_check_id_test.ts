import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import { parsePolicy } from "../../../src/core/policy/parse_policy.ts";
import { requireCheckId } from "../../../src/edge/cli/commands/require_check_id.ts";

const policy = (id: string) =>
  `version: "1.0"\nchecks:\n  - id: ${id}\n    file: a.wasm\n    sha256: "${"a".repeat(64)}"\n` +
  "    abi: native-1\n";

describe("requireCheckId()", () => {
  it("refuses what YAML or JavaScript take for something else, and what is no id", () => {
    const names = ["null", "true", "false", "y", "n", "yes", "no", "on", "off", "constructor"];
    for (const name of [...names, "toString", "__proto__", "", "No", "1a", "a b", "a".repeat(65)]) {
      for (const what of ["id", "name"] as const) {
        const { code } = assertThrows(() => requireCheckId(name, what), EngineError, what);
        assertEquals(code, "usage", name);
      }
    }
  });

  it("takes what a policy can say without quotes", () => {
    for (const name of ["a", "no-todo", "nothing", "on_write", "nan", "inf", "z".repeat(64)]) {
      requireCheckId(name, "id");
      assertEquals(parsePolicy(policy(name), "p").checks[0]?.id, name);
    }
  });
});
