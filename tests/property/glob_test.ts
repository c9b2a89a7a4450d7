import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import { builtinPatternSet } from "../../src/core/operation/builtin_patterns.ts";
import { parseGlob } from "../../src/core/operation/glob.ts";
import { viewPath } from "../../src/core/operation/path.ts";
import { compilePatternSet } from "../../src/core/operation/pattern_set.ts";

/** SPEC.md in its plainest words: no index, no automaton, no fold. */
function reference(pattern: string, form: string): boolean {
  const wanted = pattern.replace(/^\//, "").replace(/\/$/, "").split("/");
  if (form.startsWith("/") && !pattern.startsWith("/")) return false;
  if (wanted.length === 1 && !pattern.startsWith("/")) wanted.unshift("**");
  // `a/*` and `a/**` mean `a` too.
  if (wanted.at(-1) === "*") wanted.pop();
  return matchNames(wanted, form.split("/").filter((name) => name !== ""));
}

function matchNames(wanted: readonly string[], names: readonly string[]): boolean {
  const [first, ...rest] = wanted;
  if (first === undefined) return true;
  const [name, ...below] = names;
  if (first === "**") {
    return matchNames(rest, names) || (name !== undefined && matchNames(wanted, below));
  }
  return name !== undefined && matchName(first, name) && matchNames(rest, below);
}

function matchName(wanted: string, name: string): boolean {
  if (wanted === "") return name === "";
  if (wanted.startsWith("*")) {
    return matchName(wanted.slice(1), name) || (name !== "" && matchName(wanted, name.slice(1)));
  }
  const token = /^\[.*?\]|^./.exec(wanted)?.[0] ?? "";
  return name !== "" && accepts(token, name.charAt(0)) &&
    matchName(wanted.slice(token.length), name.slice(1));
}

function accepts(token: string, character: string): boolean {
  if (!token.startsWith("[")) return token === "?" || token === character;
  const isNegated = token.startsWith("[!");
  return token.slice(isNegated ? 2 : 1, -1).includes(character) !== isNegated;
}

const token = fc.constantFrom("a", "b", "c", "abca", "?", "*", "[ab]", "[!ab]", ".");
const patternName = fc.oneof(
  { weight: 1, arbitrary: fc.constant("**") },
  {
    weight: 5,
    arbitrary: fc.array(token, { minLength: 1, maxLength: 5 })
      .map((tokens) => tokens.join("").replace(/\*+/g, "*"))
      .filter((name) => name !== "." && name !== ".."),
  },
);
const pattern = fc.tuple(
  fc.constantFrom("", "", "/"),
  fc.array(patternName, { minLength: 1, maxLength: 4 }),
  fc.constantFrom("", "", "/"),
).map(([start, names, end]) => start + names.join("/") + end);
const pathName = fc.array(fc.constantFrom("a", "b", "c", "abca", "."), {
  minLength: 1,
  maxLength: 4,
})
  .map((parts) => parts.join(""));
const form = fc.tuple(fc.constantFrom("", "", "/"), fc.array(pathName, { maxLength: 5 }))
  .map(([start, names]) => start + names.join("/"));
const patterns = fc.array(pattern, { minLength: 1, maxLength: 12 });

describe("compilePatternSet()", () => {
  it("agrees with the reference matcher on any patterns and path", () => {
    fc.assert(
      fc.property(patterns, form, (list, path) => {
        const expected = list.flatMap((each, i) => reference(each, path) ? [i] : []);
        assertEquals(compilePatternSet(list.map(parseGlob)).match([path]), expected);
      }),
      { numRuns: 3_000 },
    );
  });

  it("D4 adding a pattern or a form never takes a match away", () => {
    fc.assert(
      fc.property(patterns, patterns, form, form, (list, more, path, other) => {
        const few = compilePatternSet(list.map(parseGlob)).match([path]);
        const many = compilePatternSet([...list, ...more].map(parseGlob)).match([other, path]);
        assert(few.every((index) => many.includes(index)));
      }),
      { numRuns: 500 },
    );
  });

  it("mayMatchBelow() lists every anchored pattern that matches something below", () => {
    const anchored = pattern.filter((each) => /[^/]\/[^/]|^\//.test(each) && !each.includes("**"));
    const names = fc.array(pathName, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(anchored, names, names, (each, above, below) => {
        const set = compilePatternSet([parseGlob(each)]);
        const folder = above.join("/");
        const isHit = set.match([`${folder}/${below.join("/")}`]).length > 0;
        assert(!isHit || set.mayMatchBelow([folder]).length > 0);
        assert(set.mayMatchBelow([""]).length > 0);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("viewPath()", () => {
  it("PATH-47 no respelling of a protected file slips past its pattern", () => {
    const flip = (text: string) => text.toUpperCase();
    const escape = (text: string) => encodeURIComponent(text).replaceAll(".", "%2E");
    const respellings: readonly ((path: string) => string)[] = [
      flip,
      (path) => path.replaceAll("/", "\\"),
      (path) => path.replaceAll("/", "./"),
      (path) => path.replaceAll("/", " /"),
      (path) => path.replaceAll("/", ".\\"),
      (path) => `x\\..\\${path}`,
      (path) => `${path}::$DATA`,
      (path) => `${path}. .`,
      (path) => path.replaceAll("c", "\uff43"),
      (path) => path.replaceAll("a", "\u24d0"),
      (path) => path.replaceAll("/", "\u2044").replaceAll("\u2044", "\uff0f"),
      escape,
    ];
    const files = fc.constantFrom(".scalpel/policy.yaml", ".git/hooks/pre-commit", ".mcp.json");
    const chain = fc.array(fc.constantFrom(...respellings.keys()), { maxLength: 4 })
      .filter((steps) => steps.filter((i) => respellings[i] === escape).length <= 2);
    fc.assert(
      fc.property(files, chain, (file, steps) => {
        const path = steps.reduce<string>((text, i) => respellings[i]?.(text) ?? text, file);
        const lexical = `/home/u/proj/${path}`;
        const { forms } = viewPath({
          written: path,
          lexical,
          real: lexical,
          kind: "missing",
          sizeBytes: null,
          linkCount: null,
          identity: null,
          failure: null,
        }, "/home/u/proj");
        assert(builtinPatternSet().match(forms).length > 0, path);
      }),
      { numRuns: 2_000 },
    );
  });
});
