import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import { EngineError } from "../../src/core/errors.ts";
import { verbs } from "../../src/core/operation/effect.ts";
import { defaultTerms, grantKinds } from "../../src/core/override/terms.ts";
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
  'version: "1.0"\noverrides:\n  approvers:\n    - {name: a, totp: true}\n    - name: b.c\n' +
  '  same_uid: deny\n  grants: [once, session]\n  request_seconds: 60 # x\n  inbox: "/srv/in"\n',
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

/** Undefined leaves the key out. */
const overridesValue = fc.record({
  approvers: fc.uniqueArray(
    fc.record({
      name: fc.stringMatching(/^[a-z][a-z0-9_.-]{0,31}$/),
      totp: fc.constantFrom(undefined, true),
      enrolment: fc.option(fc.stringMatching(/^[0-9a-f]{32}$/), { nil: undefined }),
      ssh_keys: fc.constantFrom(undefined, []),
    }),
    { maxLength: 64, selector: ({ name }) => name },
  ),
  unnamed_approver: fc.option(fc.boolean(), { nil: undefined }),
  request_seconds: fc.option(fc.integer({ min: 30, max: 86_400 }), { nil: undefined }),
  grant_minutes: fc.option(fc.integer({ min: 1, max: 1_440 }), { nil: undefined }),
  max_requests_per_hour: fc.option(fc.integer({ min: 1, max: 1_000 }), { nil: undefined }),
  same_uid: fc.constantFrom(undefined, "allow", "deny"),
  grants: fc.option(
    fc.array(fc.constantFrom(...grantKinds), { minLength: 1, maxLength: 3 }),
    { nil: undefined },
  ),
  inbox: fc.option(fc.stringMatching(/^(?:\/[a-z]{1,9}){1,4}$/), { nil: undefined }),
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

  it("D5 overrides: what is written is in force, and what is left out is the default", () => {
    fc.assert(
      fc.property(overridesValue, (value) => {
        const text = `version: "1.0"\noverrides: ${JSON.stringify(value)}\n`;
        assertEquals(compareParsers(text, file), null);
        assertEquals(parsePolicy(text, file).overrides, {
          approvers: value.approvers.map(({ name, enrolment = null }) => ({
            name,
            totp: true,
            enrolment,
            sshKeys: [],
          })),
          unnamedApprover: value.unnamed_approver ?? false,
          requestSeconds: value.request_seconds ?? defaultTerms.requestSeconds,
          grantSeconds: (value.grant_minutes ?? 30) * 60,
          maxRequestsPerHour: value.max_requests_per_hour ?? defaultTerms.maxRequestsPerHour,
          sameUid: value.same_uid ?? "allow",
          grants: grantKinds.filter((kind) => (value.grants ?? ["once"]).includes(kind)),
          inbox: value.inbox ?? null,
        });
      }),
      { numRuns: 300 },
    );
  });

  it("D3 the order of approvers and of grants changes nobody's terms", () => {
    fc.assert(
      fc.property(overridesValue, (value) => {
        const read = (turned: typeof value) =>
          parsePolicy(`version: "1.0"\noverrides: ${JSON.stringify(turned)}\n`, file).overrides;
        const forwards = read(value);
        const { approvers, grants } = value;
        const backwards = read({
          ...value,
          approvers: approvers.toReversed(),
          grants: grants?.toReversed(),
        });
        assertEquals(backwards?.approvers.toReversed(), forwards?.approvers);
        assertEquals(backwards?.grants, forwards?.grants);
      }),
      { numRuns: 100 },
    );
  });
});
