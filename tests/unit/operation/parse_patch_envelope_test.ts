import { assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { countChanges } from "../../../src/core/operation/count_changes.ts";
import { measureComplexity } from "../../../src/core/operation/complexity.ts";
import { parseOperation } from "../../../src/core/operation/parse_operation.ts";
import { parsePatchEnvelope } from "../../../src/core/operation/parse_patch_envelope.ts";
import { planEffects } from "../../../src/core/operation/plan_effects.ts";

const wrap = (...lines: string[]) => ["*** Begin Patch", ...lines, "*** End Patch", ""].join("\n");
const whole = wrap(
  "*** Add File: src/new.ts",
  "+if (a) b();",
  "+",
  "*** Update File: src/app.ts",
  "@@ class A",
  " one",
  "-two",
  "+zwei",
  "+drei",
  "",
  "@@",
  "-x",
  "*** End of File",
  "*** Update File: a.ts",
  "*** Move to: .env",
  "-old",
  "+new",
  "*** Delete File: b b.ts",
);

function effectsOf(text: string): readonly string[] | null {
  const diff = parsePatchEnvelope(text);
  return diff === null ? null : diff.effects.map(({ verb, path }) => `${verb} ${path}`);
}

describe("parsePatchEnvelope()", () => {
  it("names every file and what is done to it", () => {
    assertEquals(effectsOf(whole), [
      "create src/new.ts",
      "write src/app.ts",
      "delete a.ts",
      "create .env",
      "delete b b.ts",
    ]);
    assertEquals(effectsOf(whole.replaceAll("\n", "\r\n")), effectsOf(whole));
  });

  it("counts lines, growth and new text", () => {
    const diff = parsePatchEnvelope(whole);
    assertEquals([diff?.addedLines, diff?.removedLines, diff?.paths.size], [5, 3, 5]);
    assertEquals(
      diff?.hunks.map(({ paths, newText, growthBytes }) => [paths, newText, growthBytes]),
      [
        [["src/new.ts"], "if (a) b();\n", 13],
        [["src/app.ts"], "one\nzwei\ndrei\n", 6],
        [["src/app.ts"], "", -2],
        [[".env", "a.ts"], "new", 0],
      ],
    );
  });

  const refused: readonly (readonly [string, string])[] = [
    ["nothing", ""],
    ["an empty patch", wrap()],
    ["no opening", "*** Add File: a\n+x\n*** End Patch\n"],
    ["no end", "*** Begin Patch\n*** Add File: a\n+x\n"],
    ["text before", `x\n${wrap("*** Delete File: a")}`],
    ["text after", `${wrap("*** Delete File: a")}x\n`],
    ["two patches", wrap("*** Delete File: a") + wrap("*** Delete File: b")],
    ["an unknown header", wrap("*** Chmod File: a")],
    ["a header behind a blank", wrap("*** Delete File: a", " *** Delete File: .env")],
    ["a header as context", wrap("*** Update File: a", "@@", " *** Delete File: .env")],
    ["a name with a blank after it", wrap("*** Delete File: .env ")],
    ["a name with a no-break space after it", wrap("*** Delete File: .env\u00a0")],
    ["no name", wrap("*** Delete File: ")],
    ["a control in a name", wrap("*** Delete File: a\tb")],
    ["a drive", wrap("*** Delete File: C:\\x")],
    ["a move without a name", wrap("*** Update File: a", "*** Move to: ", "+x")],
    ["a move after a hunk", wrap("*** Update File: a", "+x", "*** Move to: b")],
    ["a move alone", wrap("*** Update File: a", "*** Move to: b")],
    ["an update without a hunk", wrap("*** Update File: a")],
    ["an empty hunk", wrap("*** Update File: a", "@@")],
    ["a line without a mark", wrap("*** Update File: a", "@@", "text")],
    ["an added file with context", wrap("*** Add File: a", " x")],
    ["a blank line between files", wrap("*** Delete File: a", "", "*** Delete File: b")],
    ["a second hunk without @@", wrap("*** Update File: a", "+x", "*** End of File", "+y")],
    [
      "a unified diff inside",
      wrap("*** Update File: a", "--- .env", "+++ .env", "@@ -1 +1 @@", "-a", "+b"),
    ],
    [
      "one as context",
      wrap("*** Update File: a", " --- .env", " +++ .env", "@@ -1 +1 @@", "-a", "+b"),
    ],
    ["a context diff inside", wrap("*** Update File: a", " *** .env", " --- .env")],
    ["an index line", wrap("*** Update File: a", " Index: .env", " 1c1")],
    ["git's header", wrap("*** Update File: a", " diff --git a/.env b/.env", "+x")],
  ];
  for (const [what, text] of refused) {
    it(`does not read ${what}`, () => assertEquals(effectsOf(text), null));
  }

  it("a removed comment of SQL is no header", () => {
    assertNotEquals(effectsOf(wrap("*** Update File: a.sql", "--- note", "+-- other")), null);
  });
});

describe("an envelope in place of a diff", () => {
  const operation = parseOperation({
    type: "code_modification",
    affected_files: ["src/new.ts"],
    diff: whole,
  });

  it("gives effects without doubt", () => {
    const { effects, doubts } = planEffects(operation, new Map());
    assertEquals(doubts, []);
    assertEquals(
      effects.some(({ verb, resource }) => verb === "create" && resource === ".env"),
      true,
    );
  });

  it("gives changes and complexity", () => {
    assertEquals(countChanges(operation), { files: 5, changedLines: 8, total: 13 });
    assertEquals(measureComplexity(operation).lowerBound, 2);
  });

  it("that is broken leaves a doubt", () => {
    const broken = { ...operation, diff: whole.replace("*** End Patch", "*** End") };
    assertEquals(planEffects(broken, new Map()).doubts.map(({ kind }) => kind), ["unverified"]);
  });
});
