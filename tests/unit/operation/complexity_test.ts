import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  type ComplexityMeasure,
  measureComplexity,
} from "../../../src/core/operation/complexity.ts";
import { parseOperation } from "../../../src/core/operation/parse_operation.ts";

function measure(fields: Record<string, unknown>): ComplexityMeasure {
  return measureComplexity(
    parseOperation({ type: "file_write", affected_files: ["x"], ...fields }),
  );
}

const measured = (file: string, content: string) =>
  measure({ affected_files: [file], content }).measured;

type Rows = readonly (readonly [string, string, number | null])[];

describe("measureComplexity() of Python", () => {
  const rows: Rows = [
    ["nothing", "", 1],
    ["a straight function", "def f():\n  return 1\n", 1],
    ["if, elif, else", "def f(a):\n  if a: pass\n  elif b: pass\n  else: pass\n", 3],
    [
      "loops and handlers",
      "def f():\n  for a in b:\n    while c:\n      try: d()\n      except E: pass\n      finally: e()\n",
      4,
    ],
    ["and, or, not", "x = a and b or not c\n", 3],
    ["a conditional expression", "x = a if b else c\n", 2],
    ["a comprehension", "x = [a for b in c if d]\n", 3],
    [
      "the most complex of two",
      "def f():\n  if a: pass\ndef g():\n  if a: pass\n  if b: pass\n",
      3,
    ],
    [
      "a function inside apart",
      "def f():\n  if a: pass\n  def g():\n    if b: pass\n    if c: pass\n  if d: pass\n",
      3,
    ],
    [
      "methods apart",
      "class C:\n  def f(self):\n    if a: pass\n  async def g(self):\n    if b: pass\n",
      2,
    ],
    ["module after functions", "def f():\n  if a: pass\nif b: pass\nif c: pass\n", 3],
    ["a one-line function", "def f(a): return 1 if a else 2\n", 2],
    ["match and case", "match a:\n  case 1: pass\n  case [b, c] if d: pass\n  case _: pass\n", 4],
    ["case as a name", "case = 1\ncase.x = {a: b}\ncase: int = 2\n", 1],
    [
      "words in strings and comments",
      "s = \"if a and b\" # if for\nt = '''\nif a:\nif b:\n'''\n",
      1,
    ],
    ["quotes in raw and byte strings", "s = r'\\'' + b\"if\" if a else Rb'''if'''\n", 2],
    ["brackets over lines", "x = (\n  a\n  and b\n)\ndef f():\n  return [\n1 if a else 2]\n", 2],
    ["a line continued", "def f():\n  x = a \\\nand b\n  if c: pass\n", 3],
    ["tabs for eight columns", "def f():\n        if a: pass\n\tif b: pass\n", 3],
    ["names that hold words", "iffy = format_or = forward\n", 1],
    ["CRLF", "def f():\r\n  if a:\r\n    pass\r\n", 2],
    ["an unclosed string", "x = 'a\n", null],
    ["an unclosed long string", "x = '''a\n", null],
    ["an unclosed bracket", "x = (a\n", null],
    ["a closing bracket too many", "x = a)\n", null],
  ];
  for (const [name, content, expected] of rows) {
    it(name, () => assertEquals(measured("x.py", content), expected));
  }
});

describe("measureComplexity() of TypeScript and JavaScript", () => {
  const rows: Rows = [
    ["nothing", "", 1],
    ["if and else", "if (a) b(); else if (c) d(); else e();", 3],
    ["loops", "for (;;) {} for (a of b) {} while (c) {} do {} while (d);", 5],
    ["for await", "async function f() { for await (const a of b) {} }", 2],
    ["switch", "switch (a) { case 1: case 'x': b(); break; default: c(); }", 3],
    ["catch with and without a name", "try {} catch (e) {} try {} catch {} finally {}", 3],
    ["ternaries", "x = a ? b : c ? d : e;", 3],
    ["logic", "x = a && b || c ?? d; x ||= y; x &&= y; x ??= y;", 7],
    ["optional chaining does not decide", "x = a?.b?.[c]?.(d); y = a ?.5 : 1;", 2],
    ["optional parameters do not decide", "function f(a?: A, b?) {} type T = { c?: string };", 1],
    ["functions apart", "function f() { if (a) {} } const g = function () { if (b) {} };", 2],
    ["a function inside apart", "function f() { if (a) {} function g() { if (b) {} } }", 2],
    [
      "arrows with braces apart",
      "const f = () => { if (a) {} }; const g = (b) => { if (c) {} };",
      2,
    ],
    ["arrows without braces apart", "const f = (a) => a ? 1 : 2; const g = (a) => a ? 1 : 2;", 2],
    ["arrows without semicolons", "const f = (a) => a ? 1 : 2\nconst g = (a) => a ? 1 : 2\n", 2],
    ["an arrow in a ternary", "x = a ? (b) => b && c : d && e;", 3],
    ["arrows as arguments", "f((a) => a && b, (c) => c && d, e && g);", 2],
    [
      "methods apart",
      "class C { f() { if (a) {} } get g() { if (b) {} } static async *h() { if (c) {} } }",
      2,
    ],
    [
      "methods with return types",
      "class C { f(): Promise<A<B>> { if (a) {} } g(x: X): x is Y { if (b) {} } }",
      2,
    ],
    [
      "an object type as return type",
      "function f(): { a: A } | B { if (a) {} } function g(): void { if (b) {} }",
      2,
    ],
    ["a computed method", "x = { [k]() { if (a) {} }, 'm'() { if (b) {} } };", 2],
    [
      "a call before a colon is no signature",
      "x = { a: f(b), c: { d: e && g } }; y = h ? f(i) : { j: k && l };",
      4,
    ],
    [
      "words as property names",
      "x.if(a); x.catch(b); y = { if: 1, case: 2, for: 3 }; x?.while(1);",
      1,
    ],
    ["words in strings and comments", "x = 'if (a)' + \"&&\"; // if (a)\n/* for (;;) ? : */", 1],
    ["templates and their holes", "x = `if (a) && ${b ? `${c && d}` : '`'} ||`;", 3],
    ["regular expressions", "x = /[/]&&\\/||'/g; y = a / b / c; if (/\\?/.test(z)) {}", 2],
    ["division after postfix", "x = a++ / b && c / d; y = e! / f && g / h;", 3],
    ["a conditional type", "type T<A> = A extends B ? C : D;", 2],
    ["generics", "const x = f<A, B>(c) > d && e;", 2],
    ["a first line for the shell", "#!/usr/bin/env don't\nif (a) {}", 2],
    ["an unclosed string", "x = 'a\n';", null],
    ["an unclosed template", "x = `a", null],
    ["an unclosed comment", "/* a", null],
    ["an unclosed brace", "if (a) {", null],
    ["brackets that do not match", "f(]", null],
    ["a backslash in code", "x = \\u0061;", null],
    ["20,000 open brackets", "(".repeat(20_000) + ")".repeat(20_000), null],
  ];
  for (const [name, content, expected] of rows) {
    it(name, () => assertEquals(measured("x.ts", content), expected));
  }
});

describe("measureComplexity() of JSX", () => {
  const rows: Rows = [
    ["text is no code", "x = <p>don't, if (a) && b ? `c</p>;", 1],
    ["expressions in elements", "x = <p a={b && c} d='if (\"'>{e ? <i/> : <b>f</b>} or</p>;", 3],
    ["handlers apart", "x = <p on={() => { if (a) {} }} off={() => { if (b) {} }}/>;", 2],
    ["a fragment", "x = <>{a && b}</>;", 2],
    ["comments and types in a tag", "x = <A<B | C> /* don't */ // isn't\n b>{c && d}</A>;", 2],
    ["an element after return", "function f() { return a && <p>it's</p>; }", 2],
    ["comparisons", "x = a < b && c > d;", 2],
    ["an unclosed element", "x = <p>", null],
  ];
  for (const [name, content, expected] of rows) {
    it(name, () => assertEquals(measured("x.tsx", content), expected));
  }

  it("type parameters of an arrow are no element", () => {
    assertEquals(
      measured("x.tsx", "const f = <T,>(a: T) => a && b; const g = <T extends U>(c: T) => d;"),
      2,
    );
  });
});

describe("measureComplexity()", () => {
  const branch = "if (a) {}\n";

  it("names the language and leaves others unmeasured", () => {
    const languages = [
      "a.py",
      "a.PYI",
      "a.js",
      "a.mjs",
      "a.ts",
      "a.tsx",
      "a.go",
      "a",
      "py",
      "a.ts.txt",
    ]
      .map((file) => measure({ affected_files: [file], content: "" }).language);
    const [python, javascript, typescript] = ["python", "javascript", "typescript"];
    assertEquals(languages, [
      python,
      python,
      javascript,
      javascript,
      typescript,
      typescript,
      null,
      null,
      null,
      "text",
    ]);
  });

  it("takes the worst over the files content could belong to", () => {
    const both = measure({ affected_files: ["a.ts", "b.js"], content: branch.repeat(3) });
    assertEquals([both.measured, both.language], [4, "typescript"]);
    const withText = measure({ affected_files: ["README.md", "a.ts"], content: branch });
    assertEquals([withText.measured, withText.language], [2, "typescript"]);
    const withUnknown = measure({ affected_files: ["a.ts", "b.go"], content: branch });
    assertEquals(withUnknown.measured, null);
  });

  it("measures 0 for text and data, with or without content", () => {
    for (const file of ["README.md", "a/b.JSON", "c.yaml"]) {
      const expected = { measured: 0, lowerBound: null, language: "text" };
      assertEquals(measure({ affected_files: [file] }), expected);
      assertEquals(measure({ affected_files: [file], content: branch }), expected);
    }
  });

  it("is null without content", () => {
    const nothing = { measured: null, lowerBound: null, language: null };
    assertEquals(measure({ affected_files: ["a.ts"] }), nothing);
    assertEquals(measure({ affected_files: ["a.ts", "b.ts"] }), nothing);
  });

  const diffOf = (file: string, lines: readonly string[]) =>
    `--- a/${file}\n+++ b/${file}\n@@ -1,0 +1,${lines.length} @@\n${
      lines.map((line) => `+${line}\n`).join("")
    }`;

  const bounds: readonly (readonly [string, string, readonly string[], number | null])[] = [
    ["added decisions", "x.ts", ["if (a && b) {}"], 3],
    ["functions apart", "x.ts", ["function f() { if (a) {} }", "function g() { if (b) {} }"], 2],
    ["the end of one function and the start of another", "x.ts", [
      "if (a) {}",
      "}",
      "function g() {",
      "if (b) {}",
    ], 2],
    ["the end of a block comment", "x.ts", [" * if (a) || b", " */", "if (c) {}"], 2],
    ["the middle of a block comment", "x.ts", [" * if (a) || b", " * don't"], 1],
    ["text that does not lex", "x.ts", ["don't"], null],
    ["Python heads", "x.py", ["    if a and b:", "        for c in d:", "            pass"], 4],
    [
      "Python prose and plain lines",
      "x.py",
      ["return this or that if you like", "for example, if"],
      1,
    ],
    ["two Python functions", "x.py", [
      "    if a:",
      "        b()",
      "def g():",
      "    if c:",
      "        d()",
    ], 2],
    ["another language", "x.go", ["if a {"], null],
  ];
  for (const [name, file, lines, expected] of bounds) {
    it(`bounds a hunk from below: ${name}`, () => {
      const { measured, lowerBound } = measure({ diff: diffOf(file, lines) });
      assertEquals([measured, lowerBound], [null, expected]);
    });
  }

  it("takes the highest bound of all hunks and its language", () => {
    const diff = diffOf("a.py", ["if a:", "  b()"]) + diffOf("b.ts", ["if (a && b) {}"]);
    assertEquals(measure({ diff }), { measured: null, lowerBound: 3, language: "typescript" });
  });

  it("never bounds higher than the whole file measures", () => {
    const lines = ["function f(a) {", "  if (a && b) {}", "  return a ? 1 : 2;", "}", "if (c) {}"];
    for (let start = 0; start < lines.length; start++) {
      for (let end = start + 1; end <= lines.length; end++) {
        const { lowerBound } = measure({ diff: diffOf("x.ts", lines.slice(start, end)) });
        assert((lowerBound ?? 0) <= 4, `${start} to ${end}: ${lowerBound}`);
      }
    }
  });

  it("takes 1 MiB of any shape in linear time", () => {
    const start = performance.now();
    for (const unit of ["(", "a=>", "`${", "<a ", "/*", "a?", "if (a) {}\n", "def f():\n", "'''"]) {
      const content = unit.repeat(1_000_000 / unit.length);
      measure({ affected_files: ["x.tsx"], content });
      measure({ affected_files: ["x.py"], content });
    }
    // Some 1 s together; the bound only tells linear from quadratic on a busy machine.
    assert(performance.now() - start < 20_000);
  });
});
