import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { runText } from "../../support/test_bench.ts";

const write = (file: string) => `operation: {type: file_write, affected_files: ["${file}"]}`;

async function decisions(policy: string, text: string): Promise<readonly string[]> {
  const results = await runText(`version: "1.0"\n${policy}`, `schema_version: 1\ncases:\n${text}`);
  return results.map(({ decision, violatedPolicies }) => [decision, ...violatedPolicies].join(" "));
}

describe("earlier operations of a test", () => {
  it("count for budgets, of the principal who asked", async () => {
    const policy = "budgets: [{id: few, count: operations, max: 2, per: hour}]\n";
    const after = (name: string, earlier: string) =>
      `  - {name: ${name}, ${write("c")}, earlier: [${earlier}], expect: {decision: allow}}\n`;
    const [one, two] = [`{${write("a")}}`, `{${write("b")}}`];
    const text = after("none", "") + after("one", one) + after("two", `${one}, ${two}`) +
      after("others", `${one}, {${write("b")}, principal: "uid:7"}`);
    assertEquals(await decisions(policy, text), [
      "allow",
      "allow",
      "deny budgets.few",
      "allow",
    ]);
  });
});
