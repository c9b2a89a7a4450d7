import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { EngineError } from "../../src/core/errors.ts";
import { verbs } from "../../src/core/operation/effect.ts";
import { lintPolicy } from "../../src/core/policy/lint_policy.ts";
import { operationNames } from "../../src/core/policy/operation_names.ts";
import { parsePolicy } from "../../src/core/policy/parse_policy.ts";
import { parseYaml } from "../../src/core/policy/parse_yaml.ts";
import { compareParsers } from "../../src/core/policy/second_parser.ts";
import { guidePolicy, starterPolicy } from "../../src/core/policy/starter_policy.ts";

const file = "policy.yaml";

/** Texts that use all of the subset: edits of these reach its borders. */
const seeds = [
  guidePolicy,
  starterPolicy,
  "---\nversion: '1.0' # x\nprotected: {files: [\"a\", b,\n  c], operations: [delete]}\n",
  'a:\n- b: c\n  d: [x,\n    {k: "z"}]\n- - e\n  - f\n-   - g: 1\n      h: []\n',
];

const pieces = [
  ..." \n:-[]{},#&*!|>'\"%@`?~<.\\=_0x",
  ": ",
  "- ",
  " #",
  "\n  ",
  "\n- ",
  "key:",
  "---\n",
  "&x ",
  "*x",
  "!!str ",
  "<<: ",
  "? ",
  "null",
  "0x1F",
  "1_0",
  "._1",
  "\\x41",
];

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.constantFrom(0, 0, 1, 3, 9),
  inserted: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...pieces) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 4 }) },
  ),
});

/** A seed after a few edits: most are refused, and every third or so is not. */
const editedText = fc.tuple(fc.constantFrom(...seeds), fc.array(edit, { maxLength: 4 })).map(
  ([seed, edits]) =>
    edits.reduce((text, { at, removed, inserted }) => {
      const offset = Math.floor(at * text.length);
      return text.slice(0, offset) + inserted + text.slice(offset + removed);
    }, seed),
);

function codeOf(read: () => unknown): string | null {
  try {
    read();
  } catch (error) {
    if (error instanceof EngineError) return error.code;
    throw error;
  }
  return null;
}

/** Patterns without a meaning of their own characters. */
const pattern = fc.stringMatching(/^[a-z.]{1,3}[a-z]{0,4}(?:\/[a-z]{1,5}){0,3}$/)
  .filter((text) => !/(?:^|\/)\.{1,2}(?:\/|$)/.test(text));
const limit = fc.option(fc.maxSafeNat(), { nil: undefined });

const policyValue = fc.record({
  enabled: fc.boolean(),
  mode: fc.constantFrom("enforce", "observe"),
  max_complexity: limit,
  max_file_size: limit,
  files: fc.array(pattern, { maxLength: 5 }),
  operations: fc.array(fc.constantFrom(...operationNames), { maxLength: 3 }),
  deploy: fc.uniqueArray(fc.constantFrom(...verbs), { minLength: 1 }),
});

describe("policy laws", () => {
  it("one meaning: what the first reader accepts, the second reads the same", () => {
    let accepted = 0;
    fc.assert(
      fc.property(editedText, (text) => {
        if (codeOf(() => parseYaml(text, file)) !== null) return;
        accepted++;
        assertEquals(compareParsers(text, file), null);
      }),
      { numRuns: 2_000 },
    );
    assert(accepted > 200, `only ${accepted} texts were accepted`);
  });

  it("total: any text gives a policy or an EngineError, and lint says the same", () => {
    const codes = ["policy_syntax", "policy_invalid", "feature_unavailable", null];
    fc.assert(
      fc.property(fc.oneof(editedText, fc.string({ unit: "binary" })), (text) => {
        const code = codeOf(() => parsePolicy(text, file));
        assert(codes.includes(code), String(code));
        const { policy, findings } = lintPolicy(new TextEncoder().encode(text), file);
        // Encoding replaces lone surrogates: such a text is another text as bytes.
        if (!text.isWellFormed()) return;
        assertEquals(policy === null, code !== null);
        if (code !== null) assertEquals(findings.map((finding) => finding.code), [code]);
      }),
      { numRuns: 1_000 },
    );
  });

  it("total: any bytes give a report", () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => {
      assertEquals(lintPolicy(bytes, file).policy, null);
    }));
  });

  it("D5 what is written is what is in force, in block and in flow style", () => {
    fc.assert(
      fc.property(policyValue, fc.boolean(), (value, isFlow) => {
        const limits = { max_complexity: value.max_complexity, max_file_size: value.max_file_size };
        const list = (items: readonly string[]) =>
          isFlow || items.length === 0
            ? ` ${JSON.stringify(items)}\n`
            : `\n${items.map((item) => `    - ${JSON.stringify(item)}\n`).join("")}`;
        const text = `version: "1.0"\nlimits: ${JSON.stringify(limits)}\nenforcement:\n` +
          `  enabled: ${value.enabled}\n  mode: ${value.mode}\n` +
          `protected:\n  files:${list(value.files)}  operations:${list(value.operations)}` +
          `operations:\n  custom: {deploy: [${value.deploy.join(", ")}]}\n`;
        const policy = parsePolicy(text, file);
        assertEquals(policy.enforcement.enabled, value.enabled);
        assertEquals<string>(policy.enforcement.mode, value.mode);
        assertEquals(policy.limits.maxComplexity, value.max_complexity ?? null);
        assertEquals(policy.limits.maxFileSizeBytes, value.max_file_size ?? null);
        assertEquals(policy.protectedFiles.patterns, value.files);
        assertEquals(policy.protectedOperations.map(({ name }) => name), value.operations);
        assertEquals(policy.customOperations, new Map([["deploy", value.deploy]]));
      }),
      { numRuns: 300 },
    );
  });
});
