import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { lintPolicy } from "../../../../src/core/policy/lint_policy.ts";

const hex = "ab".repeat(32);
const other = "cd".repeat(32);
const tested = "    tests:\n      - {operation: {type: other}, expect: []}\n";

const check = (more: string, id = "a", file = "a.wasm") =>
  `  - id: ${id}\n    file: ${file}\n    sha256: "${hex}"\n    abi: native-1\n${more}`;

function lint(checks: string, files?: Record<string, string>, before = ""): readonly unknown[] {
  const head = `version: "1.0"\nprotected:\n  files: [secret.txt]\n  operations: [delete]\n`;
  const text = `${head}${before}checks:\n${checks}`;
  const inputs = files === undefined ? {} : {
    inputs: new Map(Object.entries(files).map(([name, sha]) => [`.scalpel/checks/${name}`, sha])),
  };
  const { findings } = lintPolicy(new TextEncoder().encode(text), "f", inputs);
  return findings.map(({ severity, code, location }) => [severity, code, location?.line]);
}

describe("lintPolicy() of checks", () => {
  const rows: readonly (readonly [string, string, readonly unknown[]])[] = [
    ["a tested one", check(tested), []],
    ["without tests", check(""), [["notice", "check_untested", 6]]],
    ["inline", check(`${tested}    isolation: inline\n`), [["notice", "check_inline", 12]]],
    [
      "CRITICAL that asks",
      check(`${tested}    severity: CRITICAL\n    effect: ask\n`),
      [["warning", "check_asks_critical", 13]],
    ],
    ["HIGH that asks", check(`${tested}    effect: ask\n`), []],
    [
      "limits next to the ceiling",
      check(`${tested}    limits:\n      fuel: 1900000000\n      deadline_ms: 4400\n`),
      [["notice", "check_limit_high", 13]],
    ],
    [
      "effects no file has",
      check(`${tested}    match: {files: [x.txt], verbs: [execute]}\n`),
      [["warning", "check_unreachable", 12]],
    ],
    [
      "files that are protected anyway",
      check(`${tested}    match: {files: [secret.txt], verbs: [write]}\n`),
      [["warning", "check_shadowed", 6]],
    ],
    ["another file", check(`${tested}    match: {files: [open.txt]}\n`), []],
    [
      "twice the same",
      check(tested) + check(tested, "b"),
      [["warning", "check_repeated", 12]],
    ],
    [
      "twice, with other settings",
      check(tested) + check(`${tested}    settings: {max: 2}\n`, "b"),
      [],
    ],
    [
      "twice, on other files",
      check(tested) + check(`${tested}    match: {files: [b.txt]}\n`, "b"),
      [],
    ],
    [
      "conditions like those of rules",
      check(`${tested}    match: {principals: [nobody]}\n`),
      [["warning", "principal_unknown", 12]],
    ],
  ];
  for (const [what, checks, expected] of rows) {
    it(what, () => assertEquals(lint(checks), expected));
  }

  it("compares pins with the files, where somebody has read them", () => {
    assertEquals(lint(check(tested)), []);
    assertEquals(lint(check(tested), { "a.wasm": hex }), []);
    assertEquals(lint(check(tested), {}), [["warning", "check_file_missing", 7]]);
    assertEquals(lint(check(tested), { "a.wasm": other }), [["warning", "check_hash_differs", 8]]);
  });

  it("names modules that nobody pinned, and leaves data and sources alone", () => {
    const files = { "a.wasm": hex, "b.wasm": other, "a.c": other };
    assertEquals(lint(check(tested), files), [["warning", "check_unpinned", 5]]);
  });

  it("looks at data like at modules", () => {
    const opa = `    data: {file: d.json, sha256: "${hex}"}\n`;
    const lines = check(`${tested}${opa}`).replace("native-1", "opa-1");
    assertEquals(lint(lines, { "a.wasm": hex, "d.json": other }), [[
      "warning",
      "check_hash_differs",
      12,
    ]]);
  });

  it("an id twice is an error", () => {
    assertEquals(lint(check(tested) + check(tested)), [["error", "policy_invalid", 12]]);
  });
});
