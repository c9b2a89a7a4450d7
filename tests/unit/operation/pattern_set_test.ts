import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parseGlob, PatternError } from "../../../src/core/operation/glob.ts";
import { compilePatternSet, type PatternSet } from "../../../src/core/operation/pattern_set.ts";

const compile = (...patterns: readonly string[]): PatternSet =>
  compilePatternSet(patterns.map(parseGlob));

/** Best of five. Bounds below are ten times the target: they find growth, not a busy machine. */
function bestMs(run: () => void): number {
  let best = Infinity;
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

describe("PatternSet.match()", () => {
  it("answers every index once, ascending, over all forms", () => {
    const set = compile("*.ts", "src/", "a*", "src/*.ts", "*.ts", "/home", "nothing");
    assertEquals(set.match(["src/a.ts", "/home/u/src/a.ts"]), [0, 1, 2, 3, 4, 5]);
    assertEquals(set.match([]), []);
    assertEquals(compile().match(["a", "/a"]), []);
  });

  it("finds wild names by suffix, prefix, piece and without any literal", () => {
    const set = compile("*.pem", "id_*", "*secret*", "a*z", "?[0-9]?", "*[xy]", "*aaaaa*b*");
    const rows: readonly (readonly [string, readonly number[]])[] = [
      ["k.pem", [0]],
      ["id_rsa", [1]],
      ["my-secret-1", [2]],
      ["secrets.pem", [0, 2]],
      ["abcz", [3]],
      ["a1b", [4]],
      ["box", [5]],
      ["aaaaaaaab", [6]],
      ["aaaab", []],
      ["secre", []],
      ["id.pe", []],
    ];
    for (const [name, expected] of rows) {
      assertEquals(set.match([name]), expected, name);
      assertEquals(set.match([`d/${name}/below`]), expected, name);
    }
  });

  it("reads names of more than one machine word, at every word border", () => {
    for (const length of [30, 31, 32, 33, 62, 63, 64, 65, 255]) {
      const set = compile(`?${"a".repeat(length - 2)}*b`, `${"?".repeat(length)}[b]`);
      const name = "x" + "a".repeat(length - 2);
      assertEquals(set.match([name + "b"]), [0], String(length));
      assertEquals(set.match([name + "cb"]), [0, 1], String(length));
      assertEquals(set.match([name + "c"]), [], String(length));
    }
  });

  it("GLOB-11 order and duplicates change nothing", () => {
    const patterns = ["*.env", ".scalpel/*", "**/x/*.env", "x", "*.env"];
    const paths = ["a/x/b.env", ".scalpel", "x", "b"];
    for (let turn = 0; turn < patterns.length; turn++) {
      const turned = [...patterns.slice(turn), ...patterns.slice(0, turn)];
      for (const path of paths) {
        const named = (list: readonly string[]) =>
          compile(...list).match([path]).map((i) => list[i]).sort();
        assertEquals(named(turned), named(patterns));
      }
    }
  });

  it("GLOB-14 no pattern hangs on 4,096 characters (target 5 ms)", () => {
    const patterns = [
      "*a*a*a*a*a*a*a*a*a*a*a*a*b",
      "*a".repeat(200),
      "**/a/".repeat(8),
      "**/a*/".repeat(8) + "b",
      "**/" + "*/".repeat(30) + "b",
      "*[!b]".repeat(200),
      "[a-z]*".repeat(170),
    ];
    const paths = ["a".repeat(4_096), "a/".repeat(2_048), "\u00e9a".repeat(2_048)];
    for (const pattern of patterns) {
      const set = compile(pattern);
      for (const path of paths) {
        assert(bestMs(() => set.match([path])) <= 50, `${pattern.slice(0, 30)} too slow`);
      }
    }
    for (const pattern of ["*".repeat(200), "*a".repeat(15_000), "**/a/".repeat(40)]) {
      assertThrows(() => parseGlob(pattern), PatternError);
    }
  });

  it("GLOB-15 10,000 patterns against 1,000 files cost little more than one (target 200 ms)", () => {
    const mixes: readonly ((i: number) => string)[] = [
      (i) => [`*.e${i}`, `secret${i}/`, `config/a${i}/*`, `p${i}*`, `x${i}/**/y*z`][i % 5] ?? "",
      (i) => `*[a-z]-${i}?te*`,
    ];
    for (const mix of mixes) {
      const set = compile(...Array.from({ length: 10_000 }, (_, i) => mix(i)));
      const run = () => {
        for (let i = 0; i < 1_000; i++) set.match([`packages/m${i % 40}/file-${i}.test.ts`]);
      };
      assert(bestMs(run) <= 2_000);
    }
  });
});

describe("PatternSet.mayMatchBelow()", () => {
  const set = compile("a/b/c", "*.env", "x/*/z", "/top", "**/.git/hooks/", "d/**/e", "f/*.pem");
  const rows: readonly (readonly [folder: string, below: readonly number[], why: string])[] = [
    ["", [0, 2, 3, 6], "the root holds every anchored pattern"],
    ["a", [0], "part of the way"],
    ["a/b", [0], "one name missing"],
    ["a/b/c", [0], "matches itself"],
    ["a/b/c/d", [0], "below a match"],
    ["a/x", [], "another way"],
    ["x", [2], "wild names too"],
    ["x/y", [2], "wild name passed"],
    ["d", [], "** looks at any depth, so entries tell"],
    ["src", [], "nothing anchored here"],
    [".git", [4], "** is behind, the rest is fixed"],
    ["sub/.git", [4], "also further down"],
    ["f", [6], "whether it exists or not"],
  ];
  for (const [folder, below, why] of rows) {
    it(`lists what is anchored below "${folder}": ${why}`, () => {
      assertEquals(set.mayMatchBelow([folder]), below);
    });
  }

  it("PATH-09 lists absolute patterns below a folder outside the root", () => {
    assertEquals(compile("//etc/sealward/").mayMatchBelow(["../etc", "/etc"]), [0]);
    assertEquals(compile("//etc/sealward/").mayMatchBelow(["", "/"]), [0]);
    assertEquals(compile("//etc/sealward/").mayMatchBelow(["etc"]), []);
  });
});
