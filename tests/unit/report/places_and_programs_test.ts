import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { placeOf } from "../../../src/core/report/place.ts";
import { programNames, splitCommand } from "../../../src/core/report/program_names.ts";
import { readLoggedDecision } from "../../../src/core/report/logged_decision.ts";
import { decision } from "./report_entries.ts";

describe("placeOf()", () => {
  const rows: readonly (readonly [path: string, cwd: string | null, folder: string])[] = [
    ["a.ts", null, "./"],
    ["src/a.ts", null, "src/"],
    ["./src//b/../a.ts", null, "src/"],
    ["a.ts", "src", "src/"],
    ["../a.ts", "src", "./"],
    ["/proj/src/a.ts", "web", "src/"],
    ["a.ts", "/proj/web", "web/"],
    ["../x/y", null, "/x/"],
    ["/proj-evil/a", null, "/proj-evil/"],
    ["/etc/passwd", null, "/etc/"],
    ["../../..", null, "/"],
    ["~/x", null, "~/"],
    ["", null, "./"],
  ];
  for (const [path, cwd, folder] of rows) {
    it(`${JSON.stringify(path)} in ${cwd ?? "the root"} lies in ${folder}`, () => {
      const place = placeOf(path, cwd, "/proj");
      assertEquals(place.folder, folder);
      assertEquals(place.isOutside, /^[/~]/.test(folder));
    });
  }
});

describe("programNames()", () => {
  const rows: readonly (readonly [command: string, names: readonly string[]])[] = [
    ["ls", ["ls"]],
    ["cd a && FOO=1 BAR='x y' /usr/bin/npm test 2>&1 | cat", ["npm", "cat"]],
    ["echo \"a; b | c\" 'd && e'", ["echo"]],
    ["a; a\nb & (c)", ["a", "b", "c"]],
    ["$(x) y", ["(other)", "x", "y"]],
    ["'unclosed", ["(other)"]],
    ["\u202egpj", ["(other)"]],
    ["A=1", []],
    ["", []],
    [" ;;; ", []],
  ];
  for (const [command, names] of rows) {
    it(JSON.stringify(command), () => assertEquals(programNames(command), names));
  }

  it("is bounded, and linear in hostile text", () => {
    assertEquals(splitCommand("a;".repeat(10_000)).length, 16);
    for (const text of ['"'.repeat(20_001), "\\".repeat(20_001), '"\\'.repeat(10_000)]) {
      splitCommand(text);
    }
  });
});

describe("readLoggedDecision()", () => {
  const effectsOf = (...given: Parameters<typeof decision>) =>
    readLoggedDecision(decision(...given))?.effects.map(({ verb, resource, kind, isPossible }) => {
      return `${isPossible ? "?" : ""}${verb} ${kind} ${resource}`;
    });

  it("reads the effects an entry names", () => {
    const effects = ["write a b.ts", "?delete x", "execute shell", "connect h.example", "odd"];
    assertEquals(effectsOf(1, { type: "command", command: "x" }, { effects }), [
      "write path a b.ts",
      "?delete path x",
      "execute tool shell",
      "connect host h.example",
      "odd path ",
    ]);
  });

  it("derives them from the type where an entry names none", () => {
    assertEquals(effectsOf(1, { type: "file_rename", files: ["a", "b"] }), [
      "delete path a",
      "create path b",
    ]);
    assertEquals(effectsOf(1, { type: "command", command: "x" }), ["execute tool shell"]);
    assertEquals(effectsOf(1, { type: "tool_call", tool: "T", files: ["a"] }), [
      "write path a",
      "call tool T",
    ]);
  });
});
