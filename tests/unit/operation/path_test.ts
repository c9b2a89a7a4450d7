import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import { maxPathCharacters } from "../../../src/core/limits.ts";
import { parseGlob } from "../../../src/core/operation/glob.ts";
import { parsePath, type PathView, viewPath } from "../../../src/core/operation/path.ts";
import { compilePatternSet } from "../../../src/core/operation/pattern_set.ts";
import type { FileKind, ResolvedPath } from "../../../src/core/ports.ts";

const root = "/home/u/proj";

interface Given {
  readonly written?: string;
  readonly real?: string | null;
  readonly kind?: FileKind;
}

/** A view of what a resolver without links would answer for a clean path. */
function view(path: string, given: Given = {}): PathView {
  const lexical = path.startsWith("/") ? path : path === "" ? root : `${root}/${path}`;
  const resolved: ResolvedPath = {
    written: given.written ?? path,
    lexical,
    real: given.real === undefined ? lexical : given.real,
    kind: given.kind ?? "missing",
    sizeBytes: null,
    linkCount: null,
    identity: null,
    failure: given.real === null ? "EACCES" : null,
  };
  return viewPath(resolved, root);
}

function isHit(pattern: string, shown: PathView): boolean {
  return compilePatternSet([parseGlob(pattern)]).match(shown.forms).length > 0;
}

function assertRefused(path: string): void {
  const error = assertThrows(() => parsePath(path), EngineError);
  assertEquals(error.code, "operation_invalid", JSON.stringify(path));
  // deno-lint-ignore no-control-regex -- the point of the assertion
  assert(!/[\u0000-\u001f\u202e]/.test(error.message), "message is one printable line");
}

describe("parsePath()", () => {
  const accepted = [
    "a",
    ".",
    "..",
    "/",
    "src/app.ts",
    "./.scalpel/./policy.yaml",
    "/home/u/proj/x",
    ".scalpel\\policy.yaml",
    "a b.txt",
    "h\u00e9llo/\u65e5\u672c.md",
    "ab:c",
    "50%",
    "foo%20bar",
    "*.py",
    "[a]",
    "{a,b}",
    "console.ts",
    "nullable.md",
    "common/lpt",
    "file.txt",
    "files:x",
    "backup~",
    "a~b",
    "longername~1",
    "app/$id.tsx",
    "~/x",
    "a".repeat(255),
  ];
  for (const path of accepted) {
    it(`returns ${JSON.stringify(path).slice(0, 40)} unchanged`, () => {
      assertEquals(parsePath(path), path);
    });
  }

  const refused: readonly (readonly [string, readonly string[]])[] = [
    ["PATH-07 nothing, blanks, only slashes", ["", " ", "   ", "//", "///"]],
    ["PATH-19 too long", ["a".repeat(256), "\u00e9".repeat(128), "a/".repeat(2_500)]],
    [
      "PATH-24 bidi, zero-width and ignorable characters",
      ["\u202a", "\u202e", "\u2066", "\u2069", "\u200b", "\u200d", "\u200f", "\u2060", "\ufeff"]
        .concat(["\ufe0f", "\u{e0041}", "\u00ad", "\u2028", "\u0085"]).map((c) => `a${c}b`),
    ],
    ["PATH-25 lone surrogates and lost bytes", ["a\ud800", "\udc00b", "\ufffd.env", "\uffff"]],
    ["PATH-27 NUL and controls", ["notes.txt\0.env", ".env\0.txt", "a\nb", "a\tb", "\x1b[2J"]],
    ["PATH-29 overlong UTF-8", ["%c0%ae%c0%ae/x", "%C1%9c", "%e0%80%af"]],
    ["PATH-33 short names", ["POLICY~1.YAM", "SCALPE~1", "a/GIT~2/config", "x\\ENV~1"]],
    [
      "PATH-34 drives, network and device paths",
      ["C:policy.yaml", "C:\\x", "c:/x", "\\\\host\\share\\x", "\\\\?\\C:\\x", "//host/share"]
        .concat(["\\\\.\\GLOBALROOT\\x", "/\\host", "\\/host"]),
    ],
    [
      "PATH-35 device names",
      ["CON", "con.txt", "NUL.txt", "a/COM1", "LPT\u00b9", "AUX.yaml", "prn ", "a\\nul", "aux/b"]
        .concat(["CONIN$", "nul:x"]),
    ],
    ["PATH-38 file URLs", ["file:///etc/x", "FILE:x", "file:./x", "file://host/share"]],
  ];
  for (const [name, paths] of refused) {
    it(`${name} are operation_invalid`, () => paths.forEach(assertRefused));
  }

  it("takes paths up to the bound and none longer", () => {
    const path = "a/".repeat(maxPathCharacters / 2);
    assertEquals(parsePath(path), path);
    assertRefused(path + "a");
  });
});

describe("viewPath()", () => {
  it("has two forms for a plain path: relative and absolute, folded", () => {
    assertEquals(view("Src/App.ts").forms, ["src/app.ts", "/home/u/proj/src/app.ts"]);
    assertEquals(view("").forms, ["", root]);
  });

  it("PATH-01 PATH-02 PATH-03 one file has one lexical answer, so the same forms", () => {
    const written = ["src/../.scalpel/policy.yaml", "./.scalpel/./policy.yaml", `${root}/.scalpel`];
    const forms = written.map((w) => view(".scalpel/policy.yaml", { written: w }).forms);
    for (const each of forms) assertEquals(each, forms[0]);
  });

  it("PATH-04 PATH-11 SEED-10 matches the lexical and the kernel's answer, and shows both", () => {
    const link = view("notes.txt", { real: `${root}/.scalpel/policy.yaml` });
    assert(isHit(".scalpel/*", link) && isHit("notes.txt", link));
    assertEquals([link.lexical, link.real], [`${root}/notes.txt`, `${root}/.scalpel/policy.yaml`]);
  });

  it("PATH-08 a folder whose name only starts like the root lies outside", () => {
    assert(!view("/home/u/proj-evil/x").insideRoot);
    assert(view("/home/u/proj/x").insideRoot);
    assert(view("").insideRoot);
    assert(!view("/home/u").insideRoot);
  });

  it("PATH-08 inside needs the lexical and the kernel's answer", () => {
    assert(!view("link/x", { real: "/etc/x" }).insideRoot);
    assert(!view("/tmp/link/x", { real: `${root}/x` }).insideRoot);
    assert(view("link/x", { real: `${root}/a/x` }).insideRoot);
  });

  it("takes the file system's root as a project root", () => {
    const shown = viewPath({ ...view("/etc/x") }, "/");
    assertEquals([shown.insideRoot, shown.forms], [true, ["etc/x", "/etc/x"]]);
  });

  it("PATH-09 what contains the root has the root's form", () => {
    assertEquals(view("/home/u").forms, ["", "/home/u"]);
    assertEquals(view("/").forms, ["", "/"]);
    assertEquals(view("/home/u/other/x").forms, ["../other/x", "/home/u/other/x"]);
  });

  it("PATH-13 a failure is never inside the root, and keeps the lexical forms", () => {
    const shown = view(".env", { real: null });
    assertEquals([shown.insideRoot, shown.failure], [false, "EACCES"]);
    assert(isHit("*.env", shown));
  });

  it("a name pattern sees neither the root's own folders nor misses places outside", () => {
    assert(!isHit("proj", view("src/a")));
    assert(isHit("*.env", view("/tmp/prod.env")));
  });

  const hits: readonly (readonly [string, string, readonly string[]])[] = [
    ["PATH-20 case", ".scalpel/*", [".Scalpel/POLICY.yaml", ".SCALPEL"]],
    ["PATH-20 case", "*.ENV", ["a.env", ".Env"]],
    ["PATH-21 NFD and NFC", "caf\u00e9/*", ["cafe\u0301/x", "CAF\u00c9/x"]],
    ["PATH-21 NFD pattern", "cafe\u0301.env", ["caf\u00e9.env", "cafe\u0301.env"]],
    ["PATH-21 Hangul jamo", "\ud55c.env", ["\u1112\u1161\u11ab.env"]],
    ["PATH-26 compatibility forms", "*.env", [".\uff45nv", "a\uff0eenv", ".\u212anv\u200b.env"]],
    ["PATH-26 wide separators", ".scalpel/*", [".scalpel\uff0fx", ".scalpel\uff3cx"]],
    [
      "PATH-28 outer blanks and dots",
      "*.env",
      [".env ", ".env.", ".env...", " .env", ".env\u00a0", "a/.env. /x"],
    ],
    [
      "PATH-31 backslashes",
      ".scalpel/*",
      [".scalpel\\policy.yaml", ".scalpel\\..\\x", "src\\..\\.scalpel\\x", "a/..\\.scalpel/x"],
    ],
    [
      "PATH-32 streams",
      "**/policy.yaml",
      ["policy.yaml::$DATA", "policy.yaml:evil", "a/policy.yaml::$INDEX_ALLOCATION\\x"],
    ],
    ["PATH-32 streams of folders", ".scalpel/", [".scalpel::$INDEX_ALLOCATION\\x"]],
    ["PATH-36 mixed tricks", ".git/config", [
      ".git. \\config",
      ".GIT\\\\config.",
      ".git \\.\\config",
    ]],
    [
      "PATH-38 percent escapes, once and twice",
      ".scalpel/*",
      [
        "%2escalpel/x",
        ".scalpel%2fx",
        ".scalpel%252fx",
        "a/%2E%2e%2f.scalpel/x",
        "a/..;/.scalpel/x",
      ],
    ],
  ];
  for (const [name, pattern, paths] of hits) {
    it(`${name}: ${pattern} is hit by every spelling`, () => {
      for (const path of paths) assert(isHit(pattern, view(path)), JSON.stringify(path));
    });
  }

  it("folding only adds: names with odd characters are matched as written, too", () => {
    const rows = [
      ["a:b", "a:b"],
      ["a;b", "a;b"],
      ["a%20b", "a%20b"],
      ["x\\ ", "x "],
      ["trail.", "trail."],
      ["a?c", "a\ufb01c"],
      ["\u0130x", "\u0130x"],
      ["*.env", "a:b.env"],
    ];
    for (const [pattern = "", path = ""] of rows) assert(isHit(pattern, view(path)), path);
  });

  it("folding is no excuse: other names stay other names", () => {
    const rows = [["*.env", "a.envx"], [".scalpel/*", "scalpel\\x"], ["a\\*b", "axb"], ["a%", "a"]];
    for (const [pattern = "", path = ""] of rows) assert(!isHit(pattern, view(path)), path);
  });

  it("PATH-31 PATH-38 reports a reading that would leave the project", () => {
    for (const path of ["..\\x", "a\\..\\..\\x", "%2e%2e/x", "%252e%252e%252fx", "a/.. /../x"]) {
      assert(view(path).suspicious !== null, path);
    }
    assert(view("a%00.env").suspicious !== null);
    assertEquals(view("a\\..\\x").suspicious, null);
    assertEquals(view("/tmp/x").suspicious, null);
  });

  it("PATH-37 reports what a shell would expand", () => {
    const expanded = ["~/.ssh/id", "~root/x", "$HOME/.env", "${X:-.env}", "%USERPROFILE%\\x"];
    for (const written of [...expanded, "`id`", "a/$(id)", "a/${X}", "\\x", "$a/`id`"]) {
      assert(view("x", { written }).suspicious !== null, written);
    }
    for (const written of ["a~", "./~/x", "app/$id.tsx", "100%", "a%20b%20c", "US$", "$"]) {
      assertEquals(view("x", { written }).suspicious, null, written);
    }
    assertEquals(view("x", { written: "$id.ts", kind: "file" }).suspicious, null);
    assert(view("x", { written: "$(id)", kind: "file" }).suspicious !== null);
  });

  it("PATH-15 carries kind, identity, link count and size through", () => {
    const resolved: ResolvedPath = {
      written: "a",
      lexical: `${root}/a`,
      real: `${root}/a`,
      kind: "file",
      sizeBytes: 3,
      linkCount: 2,
      identity: "1:2",
      failure: null,
    };
    const { insideRoot: _, forms: __, suspicious: ___, ...carried } = viewPath(resolved, root);
    assertEquals(carried, resolved);
  });
});
