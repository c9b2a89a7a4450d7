/** The policy lines of `checks pin`, and policies edited by it. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import { parsePolicy } from "../../../src/core/policy/parse_policy.ts";
import {
  appendPin,
  listIndent,
  pinLines,
  type PinnedKeys,
  replaceHash,
} from "../../../src/edge/cli/commands/pin_lines.ts";
import { placeLines } from "../../../src/edge/cli/commands/place_lines.ts";
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

async function plan(
  text: string,
  pinned: PinnedKeys = keys,
  said: readonly string[] = [],
): Promise<string> {
  const host = { readPolicyFile: () => new TextEncoder().encode(text) };
  return (await planPin(host, "policy.yaml", { keys: pinned, said })).after;
}

const flow = `{id: old-one, file: old.wasm, sha256: "${oldHash}", abi: native-1}`;

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

describe("lines that are printed", () => {
  const at = (text: string | null) =>
    placeLines(
      {
        exists: () => text !== null,
        readPolicyFile: () => new TextEncoder().encode(text ?? ""),
      },
      "policy.yaml",
      (indent) => pinLines(keys, indent),
    );

  it("fit below a section that is there, and bring it where there is none", () => {
    for (const indent of ["", "  ", "    "]) {
      const text = `version: "1.0"\nchecks: # mine\n\n  # one\n${old(indent)}`;
      const { lines, hint } = at(text);
      assertEquals([listIndent(text), lines.startsWith(`${indent}- id`)], [indent, true]);
      assertEquals(hint.includes("below the existing `checks:`"), true);
      assertEquals(pins(text + lines), ["old-one aa", "new-one bb"]);
    }
    assertEquals(at('version: "1.0"\nchecks: []\n').lines.startsWith("  - id"), true);
    assertEquals(at(`version: "1.0"\n"checks":\n${old("  ")}`).lines.startsWith("  - id"), true);
    assertEquals(pins(`version: "1.0"\n${at('version: "1.0"\n').lines}`), ["new-one bb"]);
    assertEquals(at("# checks:\n").lines.startsWith("checks:\n"), true);
  });

  it("say that a policy is to be made first", () => {
    const { lines, hint } = at(null);
    assertEquals([lines.startsWith("checks:\n"), hint.includes("sealward init")], [true, true]);
  });

  it("say what to do where the section stands twice", () => {
    const text = `checks:\n${old("  ")}checks:\n${pinLines(keys, "  ")}version: "1.0"\n`;
    const { hint } = assertThrows(() => parsePolicy(text, "policy.yaml"), EngineError, "line 1");
    assertEquals(hint, "write `checks:` once, with all its items (`- id: ...`) below it");
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
      ["a list in brackets", `version: "1.0"\nchecks: [${flow}]\n`],
      ["a key in quotes", `version: "1.0"\n"checks":\n${old("  ")}`],
      ["lines that end by CRLF", `version: "1.0"\nchecks:\n${old("  ")}`.replaceAll("\n", "\r\n")],
    ] as const
  ) {
    it(`is left to a person: ${name}`, async () => {
      await assertRejects(() => plan(text), EngineError, name);
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

  it("refuses a flag that would change something else, and takes one that says what is there", async () => {
    const kept = text.replace("version:", "# end\nversion:")
      .replace("abi: native-1\n", 'abi: native-1\n    limits: {fuel: 7}\n    settings: {"a": 1}\n');
    const { isolation, settings, limits } = { isolation: "inline", settings: "{}", limits: 8 };
    const changes: readonly (readonly [string, Partial<PinnedKeys>])[] = [
      ["isolation", { isolation }],
      ["settings", { settings }],
      ["limit", { limits: [["fuel", limits]] }],
      ["limit", { limits: [["call_depth", 9]] }],
      ["entrypoint", { entrypoint: "a/b" }],
      ["result", { result: "allow" }],
      ["data", { data: { file: "d.json", sha256: oldHash } }],
    ];
    for (const sha256 of [oldHash, newHash]) {
      for (const [flag, change] of changes) {
        const planned = () => plan(kept, { ...again, sha256, ...change }, [flag]);
        const { code, hint } = await assertRejects(planned, EngineError, `--${flag}`);
        assertEquals([code, hint?.startsWith("only the hash is changed here")], ["usage", true]);
      }
    }
    const same = { ...again, settings: '{"a":1}', limits: [["fuel", 7]] } as const;
    const said = ["limit", "settings", "isolation", "result", "abi"];
    assertEquals(await plan(kept, same, said), kept.replace(oldHash, newHash));
  });

  it("keeps a hash that stands elsewhere too", () => {
    assertEquals(replaceHash("a\nb\n", { line: 2, from: "b", to: "c" }), "a\nc\n");
    assertEquals(replaceHash("a\nbb\n", { line: 2, from: "b", to: "c" }), null);
    assertEquals(replaceHash("a\n", { line: 9, from: "a", to: "c" }), null);
    assertEquals(appendPin("checks: &x\n", keys), null);
  });
});
