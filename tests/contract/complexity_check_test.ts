import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { measureJavascript } from "../../src/core/operation/measure_javascript.ts";
import { measurePython } from "../../src/core/operation/measure_python.ts";
import { fileWrite, openShippedCheck } from "../support/shipped_check.ts";

const check = openShippedCheck("complexity", { inputBytes: 4_194_304 });

/** Complexity of the most complex function. */
function measure(file: string, content: string): number {
  const [violation] = check.find(fileWrite(content, file), { max_complexity: 0 });
  return Number(violation?.details?.["complexity"] ?? 0);
}

type Row = readonly [what: string, file: string, text: string, complexity: number];

const rows: readonly Row[] = [
  ["straight code", "a.c", "int f(void) { return 1; }", 1],
  [
    "if, loop, logic",
    "a.c",
    "int f(int a) { if (a && a > 1 || a < -9) for (;;) a++; return a; }",
    5,
  ],
  [
    "cases but no default",
    "a.c",
    "int f(int a) { switch (a) { case 1: case 2: return 1; default: return 0; } }",
    3,
  ],
  [
    "strings and comments",
    "a.c",
    'int f() { /* if && */ return g("if (a) && \\" ||", \'?\'); } // if',
    1,
  ],
  [
    "the worst of two",
    "a.c",
    "int f(int a) { if (a) a++; return a; }\nint g(int a) { if (a) if (a) a++; return a; }",
    3,
  ],
  [
    "directives",
    "a.c",
    "#if A && B\n#define X(a) ((a) && \\\n  (a) ? 1 : 2)\n#endif\nint f() { return 1; }",
    1,
  ],
  ["references", "a.cc", "void f(T&& a, U&& b) { g(a); }", 1],
  [
    "methods of a class",
    "A.java",
    "class A { int f(int a) { if (a > 0) { return 1; } return a > 2 ? 3 : 4; } void g() { } }",
    3,
  ],
  ["wildcards", "A.java", "class A { void f(List<? extends B> a, Map<?, C> b) { } }", 1],
  [
    "optional members",
    "a.ts",
    "interface A { b?: string; c?(): void }\nfunction f(a?: number) { return a?.b ?? 1; }",
    2,
  ],
  [
    "arrows",
    "a.ts",
    "const f = (a) => a ? 1 : 2;\nconst g = (a) => { if (a) { return 1; } return a && 2; };",
    3,
  ],
  ["templates", "a.js", "function f(a) { return `if ${a ? `${a && 1}` : 2} && `; }", 3],
  ["regular expressions", "a.js", "function f(a) { return /if (a) && [/?]/.test(a) / 2; }", 1],
  ["words as names", "a.js", "const a = { if: 1, for: 2 }; a.if = a.while;", 1],
  [
    "Go",
    "a.go",
    "func f(a int) (int, error) { if a > 0 && a < 9 { return 1, nil }; for { select { case <-c: } }; return 0, nil }",
    5,
  ],
  [
    "Go's functions apart",
    "a.go",
    "func f(a int) int { if a > 0 { return 1 }; return 2 }\nfunc (s *S) g() { }",
    2,
  ],
  [
    "arms of a match",
    "a.rs",
    "fn f<'a>(a: &'a u8) -> u8 { match a { 1 => 2, 2 | 3 => 4, _ => 5 } }",
    3,
  ],
  ["a closure without parameters", "a.rs", "fn f() { g(|| 1); if a || b { } }", 3],
  [
    "Kotlin",
    "a.kt",
    "fun f(a: Int): Int { if (a > 1 && a < 3) return 1; for (b in c) { } ; return 0 }",
    4,
  ],
  ["C#", "A.cs", "class A { int? B; int F(int? a) { return a == null ? 1 : 2; } }", 2],
  [
    "PHP",
    "a.php",
    "<?php function f($a) { foreach ($a as $b) { if ($b and true) { } elseif ($c) { } } }",
    5,
  ],
  [
    "Python",
    "a.py",
    "def f(a):\n    if a and b:\n        pass\n    elif c:\n        pass\n    return [x for x in y if x]\n",
    6,
  ],
  [
    "Python's functions apart",
    "a.py",
    "def f(a):\n    if a:\n        pass\n\ndef g():\n    '''if and or'''\n",
    2,
  ],
  ["Ruby", "a.rb", "def f(a)\n  return 1 if a && b\n  c ? 1 : 2\nend\n\ndef g\nend\n", 4],
  ["a shell", "a.sh", "f() {\n  if a && b; then c; elif d; then e; fi\n}\ng() {\n  :\n}\n", 4],
  [
    "Lua",
    "a.lua",
    "function f(a)\n  if a and b then return 1 elseif c then return 2 end\nend\n-- if\n",
    4,
  ],
  ["a language nobody knows", "a.txt", "if if if && || ?", 0],
];

describe("the check complexity", () => {
  for (const [what, file, text, complexity] of rows) {
    it(`counts ${what}: ${file}`, () => assertEquals(measure(file, text), complexity));
  }

  it("says so by the names of limits.max_complexity", () => {
    const text = "int f() { return 1; }\n\nint g(int a) {\n  return a ? 1 : 2;\n}\n";
    assertEquals(check.find(fileWrite(text, "src/a.c"), { max_complexity: 1 }), [{
      code: "limit_exceeded",
      message: "Complexity is 2: wanted at most 1",
      severity: null,
      path: "src/a.c",
      details: { complexity: 2, line: 3, max_complexity: 1 },
    }]);
    assertEquals(check.find(fileWrite(text, "src/a.c"), { max_complexity: 2 }), []);
  });

  it("INV-10 a file named beside it, or a thousand, switches nothing off", () => {
    const text = "int f(int a) { if (a) a++; return a; }";
    const names = Array.from({ length: 1_000 }, (_, index) => `${index}.md`);
    const operation = { ...fileWrite(text), affected_files: [...names, "a.c"] };
    assertEquals(check.find(operation, { max_complexity: 1 }).map(({ path }) => path), ["a.c"]);
  });

  it("finds nothing where there is no content", () => {
    assertEquals(
      check.find({ type: "file_delete", affected_files: ["a.c"] }, { max_complexity: 0 }),
      [],
    );
  });
});

describe("the check complexity beside the engine's own measure", () => {
  function* sources(folder: URL): Iterable<string> {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      const path = new URL(isDirectory ? `${name}/` : name, folder);
      if (isDirectory) yield* sources(path);
      else if (name.endsWith(".ts")) yield Deno.readTextFileSync(path);
    }
  }

  it("agrees on 98 of 100 files of this project", () => {
    let all = 0;
    let same = 0;
    for (const text of sources(new URL("../../src/", import.meta.url))) {
      const wanted = measureJavascript(text, { isFragment: false, hasJsx: false });
      if (wanted === null) continue;
      all++;
      if (measure("a.ts", text) === wanted) same++;
    }
    assert(all > 500 && same >= all * 0.98, `${same} of ${all}`);
  });

  it("agrees on Python of every form it knows", () => {
    const texts = rows.filter(([, file]) => file === "a.py").map(([, , text]) => text);
    for (
      const text of [
        ...texts,
        "class A:\n  def f(self):\n    while a or b:\n      try:\n        pass\n      except E:\n        pass\n",
      ]
    ) {
      assertEquals(measure("a.py", text), measurePython(text, false));
    }
  });
});
