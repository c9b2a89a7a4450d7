import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { codesOf, findingsOf, placesOf } from "./lint_findings.ts";

const files = (...patterns: readonly string[]) =>
  `protected:\n  files:\n${
    patterns.map((pattern) => `    - ${JSON.stringify(pattern)}\n`).join("")
  }`;

describe("lint of patterns", () => {
  const covered: readonly (readonly [wide: string, narrow: string])[] = [
    ["secrets/", "secrets"],
    ["secrets/*", "secrets/a"],
    ["src/**", "src/a/b"],
    ["*.env", "prod.env"],
    ["*.env", "?.env"],
    ["a*c", "abc"],
    ["**/a/b", "**/a/b/c"],
    ["a/*/c", "a/b/c"],
    ["*", "a/**/b"],
    ["[a-c]x", "bx"],
    ["*?", "?*x"],
    ["A.env", "a.env"],
    ["/etc", "/etc/x"],
  ];
  for (const [wide, narrow] of covered) {
    it(`GLOB-11 says that ${wide} covers ${narrow}, in either order`, () => {
      assertEquals(placesOf(files(wide, narrow)).filter((place) => !/covers_all/.test(place)), [
        "pattern_covered 5:7",
      ]);
    });
  }

  const kept: readonly (readonly [string, string])[] = [
    ["*.env", "config/prod.env"],
    ["b", "a/b"],
    ["**/b/c", "a/b/c"],
    ["//etc/", "etc"],
    ["src/a", "src"],
    ["a?c", "a??c"],
    // One is the folder at any depth, the other guards the root on the way to it.
    ["secrets/", "secrets/*"],
    ["[!a]x", "ax"],
    ["?", "ab"],
  ];
  for (const [one, other] of kept) {
    it(`GLOB-11 says nothing of ${one} beside ${other}`, () => {
      assertEquals(codesOf(files(one, other)), []);
    });
  }

  it("knows what a secret file needs no second line for, and what is built in", () => {
    const text = 'protected:\n  files: ["*.pem", ".mcp.json"]\n  secret_files: ["*.pem"]\n';
    assertEquals(placesOf(text), ["pattern_covered 3:11", "pattern_builtin 3:20"]);
  });

  it("warns of a pattern that is everything", () => {
    for (const pattern of ["*", "**", "**/*", "/**"]) {
      assertEquals(codesOf(files(pattern)), ["pattern_covers_all"], pattern);
    }
    assertEquals(codesOf("protected: {secret_files: ['**']}\n"), ["pattern_covers_all"]);
  });

  it("GLOB-15 stays quick for 10,000 patterns", () => {
    const many = Array.from({ length: 5_000 }, (_, i) => [`d${i}/*.sql`, `*x${i}.env`]).flat();
    const start = performance.now();
    assertEquals(codesOf(files(...many.slice(0, 9_000), "d7/a.sql")), ["pattern_covered"]);
    assert(performance.now() - start < 10_000);
  });
});

describe("lint and the tree", () => {
  const tree: Readonly<Record<string, readonly string[]>> = {
    "": ["config", "src", "README.md", "Sch\u00e9ma"],
    config: ["app.yaml", "prod.env"],
    src: ["app.ts", "db"],
    "src/db": ["a.sql"],
  };
  const list = (folder: string) => tree[folder] ?? [];

  const rows: readonly (readonly [pattern: string, code: string | null])[] = [
    ["config/*.yaml", null],
    ["confg/*.yaml", "pattern_misspelled"],
    ["cofnig/x", "pattern_misspelled"],
    ["config/prd.env", "pattern_misspelled"],
    ["config/later.json", "pattern_unmatched"],
    ["config/*.toml", "pattern_unmatched"],
    ["deploy/x", "pattern_unmatched"],
    ["src/*/a.sql", null],
    ["SRC/APP.TS", null],
    ["sche\u0301ma/", null],
    ["src/**/x", null],
    ["scr/**/x", null],
    ["srcs/**/x", "pattern_misspelled"],
    // At any depth, or elsewhere: a pattern says what must not be touched if it turns up.
    ["*.pem", null],
    ["id_rsa", null],
    ["**/nowhere/x", null],
    ["//nowhere/x", null],
  ];
  for (const [pattern, code] of rows) {
    it(`says ${code ?? "nothing"} of ${pattern}`, () => {
      const found = codesOf(files(pattern), list).filter((each) => each !== "pattern_builtin");
      const short = pattern.startsWith("scr/") ? ["pattern_unmatched"] : [];
      assertEquals(found, code === null ? short : [code]);
    });
  }

  it("names the closest name, at the pattern's place", () => {
    const [finding] = findingsOf(files("*.env", "confg/*.yaml"), list);
    assertEquals(finding?.hint, 'the closest name there is "config"');
    assertEquals([finding?.location?.line, finding?.location?.column], [5, 7]);
  });

  it("looks at the patterns of rules, and at no tree unless asked", () => {
    const rule = 'rules: [{id: r, match: {files: ["confg/x"]}}]\n';
    assertEquals(codesOf(rule, list), ["pattern_misspelled"]);
    assertEquals(codesOf(rule), []);
  });

  it("says where it stopped looking", () => {
    const stopping = (folder: string) => folder === "src" ? null : list(folder);
    const text = files("confg/x", "src/a", "nowhere/x");
    assertEquals(placesOf(text, stopping), ["pattern_misspelled 4:7", "tree_unread 5:7"]);
  });
});
