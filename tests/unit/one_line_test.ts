/** One set of characters that are never shown raw, on every road out. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { toCheckRun } from "../../src/core/check/check_run.ts";
import { oneLine } from "../../src/core/errors.ts";
import { parsePolicy } from "../../src/core/policy/parse_policy.ts";
import { renderText } from "../../src/edge/cli/colour.ts";
import { renderJson } from "../../src/edge/render.ts";

const style = { colour: false, unicode: true };
const unseen = [
  ..."\0\x1b\x7f\x85\u00ad\u061c\u180e\u200b\u200f\u2028\u202e\u2060\u2069\ufe00\ufe0f\ufeff",
  ..."\u{e0000}\u{e0041}\u{e01ef}\u{e0fff}",
];

function escapeOf(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
}

describe("what nobody sees", () => {
  it("is escaped alike for terminals, answers and the log", () => {
    for (const character of unseen) {
      const text = `a${character}b`;
      const wanted = `a${escapeOf(character)}b`;
      assertEquals(oneLine(text), wanted);
      assertEquals(renderText(style, text), wanted);
      const violation = { code: "x", message: text, severity: null, path: null, details: null };
      const run = toCheckRun({ status: "ok", violations: [violation], fuel: 1, log: "" });
      assertEquals(run.status === "ok" && run.violations[0]?.message, wanted);
    }
  });

  it("is not in JSON as it is, which says the same all the same", () => {
    const json = renderJson({ text: unseen.join("") }, "json");
    for (const character of unseen) assertEquals(json.includes(character), false);
    assertEquals(JSON.parse(json), { text: unseen.join("") });
  });

  it("leaves text that is seen alone, and halves no character that is cut", () => {
    const text = "Größe – 大きさ 😀 \u{e1000} \ufdff\ufe10";
    assertEquals(oneLine(text), text);
    assertEquals(oneLine("😀\u{e0041}", 3), "😀…");
  });

  it("variation selectors stay text of a policy: there are policies with emoji", () => {
    const text =
      'version: "1.0"\nprotected:\n  files: ["a"]\nrules:\n  - id: a\n    effect: deny\n' +
      '    description: "⚠\ufe0f stop"\n    match: {files: [b]}\n';
    assertEquals(parsePolicy(text, "f").rules.length, 1);
  });
});
