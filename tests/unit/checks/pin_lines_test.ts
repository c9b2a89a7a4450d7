/** The policy lines of `checks pin`, and policies edited by it. */
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import { parsePolicy } from "../../../src/core/policy/parse_policy.ts";
import {
  appendPin,
  pinLines,
  type PinnedKeys,
  replaceHash,
} from "../../../src/edge/cli/commands/pin_lines.ts";
import { planPin } from "../../../src/edge/cli/commands/plan_pin.ts";

const [oldHash, newHash] = ["a".repeat(64), "b".repeat(64)];

const keys: PinnedKeys = {
  id: "new-one",
  file: "new_one.wasm",
  sha256: newHash,
  abi: "wasi-cmd",
  entrypoint: null,
  result: null,
  data: null,
  isolation: null,
  settings: null,
  limits: [],
};

const old = (indent: string) =>
  `${indent}- id: old-one # why\n${indent}  file: old.wasm\n${indent}  sha256: "${oldHash}"\n` +
  `${indent}  abi: native-1\n`;

async function plan(text: string, pinned: PinnedKeys = keys): Promise<string> {
  const host = { readPolicyFile: () => new TextEncoder().encode(text) };
  return (await planPin(host, "policy.yaml", pinned)).after;
}

/** What the text says of its checks. */
const pins = (text: string) =>
  parsePolicy(text, "policy.yaml").checks.map(({ id, sha256 }) => `${id} ${sha256.slice(0, 2)}`);

describe("pinned lines", () => {
  it("say all that is given, and parse as it", () => {
    const all: PinnedKeys = {
      ...keys,
      abi: "opa-1",
      entrypoint: "policy/deny",
      result: "allow",
      data: { file: "d.json", sha256: oldHash },
      isolation: "inline",
      settings: '{"max":3,"words":["a: b","#"]}',
      limits: [["fuel", 5]],
    };
    const { checks: [check] } = parsePolicy(`version: "1.0"\nchecks:\n${pinLines(all, "  ")}`, "p");
    assertEquals(check?.entrypoint, "policy/deny");
    assertEquals([check?.result, check?.isolation, check?.limits.fuel], ["allow", "inline", 5]);
    assertEquals(check?.settings, { max: 3, words: ["a: b", "#"] });
    assertEquals(check?.data, { file: ".scalpel/checks/d.json", sha256: oldHash });
  });
});

describe("a policy with one more check", () => {
  const bodies: readonly (readonly [string, string])[] = [
    ["no section", 'version: "1.0"\n'],
    ["no line end", 'version: "1.0"'],
    ["section last", `version: "1.0"\nchecks:\n${old("  ")}`],
    ["section last without a line end", `version: "1.0"\nchecks:\n${old("  ")}`.trimEnd()],
    ["section before others", `checks: # mine\n${old("  ")}\n# next\nversion: "1.0"\n`],
    ["a list at the margin", `checks:\n${old("")}version: "1.0"\n`],
    ["comments and blanks within", `checks:\n\n  # one\n${old("  ")}\n  # end\nversion: "1.0"\n`],
  ];
  for (const [name, text] of bodies) {
    it(`keeps every line: ${name}`, async () => {
      const after = await plan(text);
      const before = text.includes("checks") ? ["old-one aa"] : [];
      assertEquals(pins(after), [...before, "new-one bb"]);
      for (const line of text.split("\n")) assertEquals(after.includes(line), true, line);
      assertEquals(await plan(after), after);
    });
  }

  for (
    const [name, text] of [
      ["an empty list", 'version: "1.0"\nchecks: []\n'],
      ["a list in brackets", 'version: "1.0"\nchecks: [\n]\n'],
      ["a key in quotes", `version: "1.0"\n"checks":\n${old("  ")}`],
    ] as const
  ) {
    it(`is left to a person: ${name}`, async () => {
      await assertRejects(() => plan(text), EngineError, "Cannot ");
    });
  }

  it("is refused where the policy is invalid already", async () => {
    const { code } = await assertRejects(() => plan("version: 7\n"), EngineError);
    assertEquals(code, "policy_invalid");
  });
});

describe("a check that is there", () => {
  const text = `checks:\n${old("  ")}version: "1.0"\n`;
  const again: PinnedKeys = { ...keys, id: "old-one", file: "old.wasm", abi: "native-1" };

  it("gets the new hash, and nothing else changes", async () => {
    assertEquals(await plan(text, again), text.replace(oldHash, newHash));
  });

  it("is not given another file or abi", async () => {
    for (const other of [{ file: "else.wasm" }, { abi: "wasi-cmd" }]) {
      await assertRejects(() => plan(text, { ...again, ...other }), EngineError, "another file");
    }
  });

  it("keeps a hash that stands elsewhere too", () => {
    assertEquals(replaceHash("a\nb\n", { line: 2, from: "b", to: "c" }), "a\nc\n");
    assertEquals(replaceHash("a\nbb\n", { line: 2, from: "b", to: "c" }), null);
    assertEquals(replaceHash("a\n", { line: 9, from: "a", to: "c" }), null);
    assertEquals(appendPin("checks: &x\n", keys), null);
  });
});
