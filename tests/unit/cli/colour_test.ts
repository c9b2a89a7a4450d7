import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { paint, planStyle, renderText } from "../../../src/edge/cli/colour.ts";

describe("planStyle() colour", () => {
  const rows:
    readonly (readonly [string, string | null, boolean, Record<string, string>, boolean])[] = [
      ["terminal", null, true, {}, true],
      ["pipe", null, false, {}, false],
      ["dumb terminal", null, true, { TERM: "dumb" }, false],
      ["NO_COLOR", null, true, { NO_COLOR: "1" }, false],
      ["NO_COLOR=0", null, true, { NO_COLOR: "0" }, false],
      ["empty NO_COLOR", null, true, { NO_COLOR: "" }, true],
      ["FORCE_COLOR in a pipe", null, false, { FORCE_COLOR: "1" }, true],
      ["FORCE_COLOR on a dumb terminal", null, true, { FORCE_COLOR: "1", TERM: "dumb" }, true],
      ["FORCE_COLOR=0 forces nothing", null, false, { FORCE_COLOR: "0" }, false],
      ["empty FORCE_COLOR", null, false, { FORCE_COLOR: "" }, false],
      ["CLICOLOR_FORCE in a pipe", null, false, { CLICOLOR_FORCE: "1" }, true],
      ["NO_COLOR over FORCE_COLOR", null, false, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
      ["--color always over NO_COLOR", "always", false, { NO_COLOR: "1" }, true],
      ["--color always over TERM=dumb", "always", false, { TERM: "dumb" }, true],
      ["--color never over FORCE_COLOR", "never", true, { FORCE_COLOR: "1" }, false],
      ["--color auto asks the rest", "auto", true, { NO_COLOR: "1" }, false],
    ];
  for (const [name, flag, isTerminal, environment, colour] of rows) {
    it(`${colour ? "on" : "off"}: ${name}`, () => {
      assertEquals(planStyle({ flag, environment, isTerminal }).colour, colour);
    });
  }
});

describe("planStyle() unicode", () => {
  const rows: readonly (readonly [Record<string, string>, boolean])[] = [
    [{}, false],
    [{ LANG: "C" }, false],
    [{ LANG: "de_DE.UTF-8" }, true],
    [{ LANG: "tr_TR.utf8" }, true],
    [{ LANG: "de_DE.UTF-8", LC_ALL: "C" }, false],
    [{ LANG: "C", LC_CTYPE: "C.UTF-8" }, true],
    [{ LANG: "C.UTF-8", LC_ALL: "" }, true],
    [{ LANG: "de_DE.ISO-8859-1" }, false],
  ];
  for (const [environment, unicode] of rows) {
    it(`${unicode}: ${JSON.stringify(environment)}`, () => {
      assertEquals(planStyle({ flag: null, environment, isTerminal: true }).unicode, unicode);
    });
  }
});

describe("paint()", () => {
  it("leaves text as it is without colour", () => {
    assertEquals(paint({ colour: false, unicode: true }, "red", "DENY"), "DENY");
  });
  it("ends what it begins", () => {
    assertEquals(paint({ colour: true, unicode: true }, "red", "DENY"), "\x1b[1;31mDENY\x1b[0m");
  });
});

describe("renderText()", () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ["plain", "a b", "a b"],
    ["AUD-32 escape sequence", "\x1b[31mred", "\\u001b[31mred"],
    ["AUD-32 C1 control", "\x9b31m", "\\u009b31m"],
    ["newline", "a\r\nDENY", "a\\u000d\\u000aDENY"],
    ["AUD-32 direction override", "a\u202egpj.exe", "a\\u202egpj.exe"],
    ["AUD-32 Arabic letter mark", "a\u061cb", "a\\u061cb"],
    ["tag characters", "a\u{e0041}b", "a\\u{e0041}b"],
    ["lone surrogate", "a\ud800b", "a\\ud800b"],
  ];
  for (const [name, text, shown] of rows) {
    it(`escapes: ${name}`, () => {
      for (const unicode of [true, false]) {
        assertEquals(renderText({ colour: true, unicode }, text), shown);
      }
    });
  }
  it("keeps letters of the world where the locale can show them", () => {
    const text = "\u00e9\u{1f600}";
    assertEquals(renderText({ colour: false, unicode: true }, text), text);
    assertEquals(renderText({ colour: false, unicode: false }, text), "\\u00e9\\u{1f600}");
  });
  it("cuts long text and says so", () => {
    assertEquals(renderText({ colour: false, unicode: true }, "abcdef", 3), "abc\u2026");
    assertEquals(renderText({ colour: false, unicode: false }, "abcdef", 3), "abc...");
  });
});
