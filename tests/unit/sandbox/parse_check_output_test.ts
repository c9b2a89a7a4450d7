import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CheckFailure } from "../../../src/core/check/check_failure.ts";
import {
  maxViolationDetails,
  maxViolationMessage,
  maxViolations,
  parseCheckOutput,
} from "../../../src/sandbox/parse_check_output.ts";

const parse = (text: string) => parseCheckOutput(new TextEncoder().encode(text));
const violation = (fields: string) => `{"violations":[{${fields}}]}`;
const sound = `"code":"a","message":"m"`;

function refused(bytes: string | Uint8Array): string {
  const output = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
  const error = assertThrows(() => parseCheckOutput(output), CheckFailure);
  assertEquals(error.code, "bad_output");
  assertEquals(error.message.includes("\n"), false);
  return error.message;
}

describe("parseCheckOutput()", () => {
  it("reads violations, and null for what they do not say", () => {
    assertEquals(parse(`{"violations":[]}`), []);
    assertEquals(parse(` {"violations":[{${sound}}]}\n`), [
      { code: "a", message: "m", severity: null, path: null, details: null },
    ]);
    const full = `"code":"no.secrets-v2_x","message":"é","severity":"HIGH","path":"src/a.ts",` +
      `"details":{"line":3,"kinds":["key"]}`;
    assertEquals(parse(violation(full)), [{
      code: "no.secrets-v2_x",
      message: "é",
      severity: "HIGH",
      path: "src/a.ts",
      details: { line: 3, kinds: ["key"] },
    }]);
    const nulls = `${sound},"severity":null,"path":null,"details":null`;
    assertEquals(parse(violation(nulls)), parse(violation(sound)));
  });

  it("WASM-10 knows no word for allow, nor any other at the top", () => {
    for (
      const key of ["allow", "allowed", "decision", "override", "mutated_object", "Violations"]
    ) {
      refused(`{"violations":[],"${key}":true}`);
      refused(`{"${key}":true}`);
    }
  });

  it("says which severity it got", () => {
    for (const [got, shown] of [['"high"', '"high"'], ["4", "a number"], ["[]", "a list"]]) {
      const { message } = assertThrows(
        () => parse(violation(`${sound},"severity":${got}`)),
        CheckFailure,
      );
      assertStringIncludes(message, `got ${shown} as violations[0].severity, wanted one of`);
    }
  });

  it("WASM-03 refuses every answer that is not the one agreed form", () => {
    const answers = [
      "",
      " ",
      "null",
      "true",
      "1",
      "2",
      "-1",
      "NaN",
      "[]",
      `"ok"`,
      "{}",
      `{"violations":{}}`,
      `{"violations":null}`,
      `{"violations":[null]}`,
      `{"violations":["a"]}`,
      `{"violations":[[]]}`,
      `{"violations":[]}x`,
      `{"violations":[]}{"violations":[]}`,
      `{"violations":[]}\0`,
      `{"violations":[]`,
      `{"violations":[],}`,
      `{"violations":[],"violations":[]}`,
      `\ufeff{"violations":[]}`,
      `// ok\n{"violations":[]}`,
    ];
    for (const answer of answers) refused(answer);
  });

  it("WASM-03 refuses a violation with a field missing, of another kind, unknown or twice", () => {
    const fields = [
      "",
      `"code":"a"`,
      `"message":"m"`,
      `"code":"","message":"m"`,
      `"code":"A","message":"m"`,
      `"code":"1a","message":"m"`,
      `"code":"a b","message":"m"`,
      `"code":"a\\n","message":"m"`,
      `"code":"${"a".repeat(65)}","message":"m"`,
      `"code":1,"message":"m"`,
      `"code":"a","message":""`,
      `"code":"a","message":null`,
      `"code":"a","message":{}`,
      `${sound},"severity":"high"`,
      `${sound},"severity":"NONE"`,
      `${sound},"severity":4`,
      `${sound},"path":""`,
      `${sound},"path":["a"]`,
      `${sound},"path":"${"a".repeat(4_097)}"`,
      `${sound},"details":"x"`,
      `${sound},"details":[]`,
      `${sound},"allow":true`,
      `${sound},"code":"b"`,
      `${sound},"details":{"a":1,"a":2}`,
      `${sound},"details":{"__proto__":1}`,
      `${sound},"details":{"n":1e999}`,
    ];
    for (const each of fields) refused(violation(each));
  });

  it("WASM-09 holds messages, details and their nesting to their bounds", () => {
    const message = (length: number) => violation(`"code":"a","message":"${"x".repeat(length)}"`);
    assertEquals(parse(message(maxViolationMessage)).length, 1);
    refused(message(maxViolationMessage + 1));
    const details = (length: number) =>
      violation(`${sound},"details":{"k":"${"x".repeat(length - 8)}"}`);
    assertEquals(parse(details(maxViolationDetails)).length, 1);
    refused(details(maxViolationDetails + 1));
    const nested = (depth: number) =>
      violation(`${sound},"details":{"k":${"[".repeat(depth)}${"]".repeat(depth)}}`);
    assertEquals(parse(nested(6)).length, 1);
    refused(nested(7));
    refused("[".repeat(50_000));
  });

  it("WASM-09 gives back what a module wrote as it is, escapes undone, and shows it in one line", () => {
    const [found] = parse(violation(String.raw`"code":"a","message":"\u001b[31m\nred"`));
    assertEquals(found?.message, "\u001b[31m\nred");
    const message = refused(`{"${String.raw`\u001b[2J\n`}":1}`);
    assertEquals(message.includes("\u001b"), false);
  });

  it("refuses bytes that are not UTF-8, and lone surrogates", () => {
    refused(Uint8Array.of(...new TextEncoder().encode(`{"violations":[]}`), 0xff));
    refused(Uint8Array.of(0xc0, 0x80));
    refused(violation(String.raw`"code":"a","message":"\ud800"`));
  });

  it("refuses a flood of violations", () => {
    const many = (count: number) =>
      `{"violations":[${Array.from({ length: count }, () => `{${sound}}`).join(",")}]}`;
    assertEquals(parse(many(maxViolations)).length, maxViolations);
    refused(many(maxViolations + 1));
    refused(many(10_000));
  });
});
