import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { missingCompiler } from "../../scripts/compile_wasm_fixtures.ts";
import {
  checkFolder,
  moduleUrl,
  recordModules,
  recordUrl,
  shippedModules,
} from "../../scripts/compile_checks.ts";
import { compileWasmFixture } from "../../scripts/compile_wasm_fixtures.ts";
import { defaultCheckLimits } from "../../src/core/check/check_limits.ts";
import type { JsonObject } from "../../src/core/operation/operation.ts";
import { fileWrite, openShippedCheck, type ShippedCheck } from "../support/shipped_check.ts";

/** Settings each of them works with. */
const settingsOf: Readonly<Record<string, JsonObject>> = {
  secrets: {},
  complexity: { max_complexity: 10 },
  licence_header: { files: ["**"], header: ["// Copyright"] },
};

/** Content that asks as much of a module as content can; a kilobyte of each is repeated. */
const hostile: Readonly<Record<string, string>> = {
  "one character": "a",
  "double quotes": '"',
  "single quotes": "'",
  "quotes of both kinds": `"'`,
  "NUL": "\0",
  "blanks": " ",
  "line ends": "\n",
  "backslashes": "\\",
  "colons": ":",
  "equals signs": "=",
  "hyphens": "-",
  "open braces": "{",
  "open brackets": "([{",
  "brackets both ways": "(){}[]",
  "ifs": "if ",
  "ifs in blocks": "if(a){",
  "question marks": "? ",
  "and": "a&&",
  "arrows": "a=>",
  "slashes": "/ ",
  "templates": "`${",
  "functions": "function f(){",
  "defs": "def f():\n if a: pass\n",
  "defs in a line": "async def ",
  "names of secrets": "token=",
  "names and quotes": 'secret="',
  "names and both quotes": `token="secret='`,
  "short values": "password=a1b2c3d4 ",
  "random values": "api_key=" + "Zk3Jx8Qp2Lw9Vt5Rb7Nm ",
  "quoted passwords": "password='a1b2a1b2' ",
  "weak passwords": "password='passw0rd' ",
  "connection strings": "host= pwd=pass ",
  "lines of passwords": "host=a;" + "pwd=abcd;\n",
  "beginnings of keys": "-----BEGIN PRIVATE KEY-----\n",
  "beginnings of tokens": "eyJa.eyJ",
  "prefixes": "AKIA ghp_ sk-ant- glpat- ",
  "URLs": "a://b:cdefg@",
  "astral": "\u{1f511}",
  "lone halves": "\ud83d",
};

function openWide(name: string): ShippedCheck {
  return openShippedCheck(name, { inputBytes: 4_194_304 });
}

describe("modules of src/checks", () => {
  it("were made of the sources beside them", () => {
    const record = JSON.parse(Deno.readTextFileSync(recordUrl));
    assertEquals(recordModules(), record, "sources changed: run `task build:checks`");
  });

  for (const fixture of shippedModules) {
    it(`come out of their compiler again, byte for byte: ${fixture.name}`, async () => {
      // Where the very compiler is missing, the record above is all that can be compared.
      if (await missingCompiler(fixture) !== null) return;
      const made = await compileWasmFixture(fixture, checkFolder(fixture.name));
      assertEquals(made, Deno.readFileSync(moduleUrl(fixture.name)));
    });

    it(`are small: ${fixture.name}`, () => {
      assert(Deno.statSync(moduleUrl(fixture.name)).size < 40_000);
    });
  }
});

describe("shipped checks on hostile content", () => {
  for (const [name, settings] of Object.entries(settingsOf)) {
    for (const [what, unit] of Object.entries(hostile)) {
      it(`WASM-01 a megabyte of ${what} ends within the default fuel: ${name}`, () => {
        const bytes = new TextEncoder().encode(JSON.stringify(unit)).length - 2;
        const content = unit.repeat(Math.floor(1_000_000 / bytes));
        const outcome = openWide(name).ask(fileWrite(content, "src/a.ts"), settings);
        assertEquals(outcome.status, "ok", JSON.stringify(outcome));
      });
    }

    it(`WASM-01 as Python, as shell and as C too: ${name}`, () => {
      const check = openWide(name);
      for (const unit of Object.values(hostile)) {
        for (const file of ["a.py", "a.sh", "a.c", "a.rs"]) {
          const outcome = check.ask(fileWrite(unit.repeat(20_000), file), settings);
          assertEquals(outcome.status, "ok", JSON.stringify([unit, file, outcome]));
        }
      }
    });

    it(`WASM-09 nesting, many members and many files cost no stack: ${name}`, () => {
      const check = openWide(name);
      let input: JsonObject = { token: "x" };
      for (let depth = 0; depth < 2_000; depth++) input = { "a": input };
      assertEquals(
        check.ask({ type: "tool_call", tool: { name: "t", input } }, settings).status,
        "ok",
      );
      const files = Array.from({ length: 20_000 }, (_, index) => `d${index}/a.md`);
      const many = { type: "file_write", affected_files: files, content: "x" };
      assertEquals(check.ask(many, settings).status, "ok");
    });

    it(`WASM-09 a request of any other form is answered, and never traps: ${name}`, () => {
      const check = openWide(name);
      const odd: JsonObject[] = [
        {},
        { content: null },
        { content: 7, affected_files: 7 },
        { affected_files: [1, null, {}], content: "x" },
        { affected_files: "a.c", content: ["a"] },
        { content: { content: "x" } },
      ];
      for (const operation of odd) {
        assertEquals(check.ask(operation, settings).status, "ok", JSON.stringify(operation));
      }
      assertEquals(check.ask(null, settings).status, "ok");
    });

    it(`refuses settings it does not know: ${name}`, () => {
      const check = openWide(name);
      const ask = (wrong: JsonObject) => {
        const outcome = check.ask(null, wrong);
        return outcome.status === "ok" ? outcome.violations.map(({ code }) => code) : outcome.code;
      };
      assertEquals(ask(settings), []);
      assertEquals(ask({ ...settings, "no such": [{ a: '"}]' }] }), ["settings_wrong"]);
      for (const key of Object.keys(settings)) {
        for (const wrong of [null, -1, 1.5, {}, [7], [[]], ""]) {
          assertEquals(ask({ ...settings, [key]: wrong }), ["settings_wrong"], `${key}: ${wrong}`);
        }
      }
    });
  }

  it("needs no more than the default limits for what they let in", () => {
    const content = "const a = b ? `${c}` : 'd'; // token = e\n".repeat(6_000);
    for (const [name, settings] of Object.entries(settingsOf)) {
      const outcome = openShippedCheck(name).ask(fileWrite(content), settings);
      assertEquals(outcome.status, "ok");
      assert(outcome.fuel < defaultCheckLimits.fuel + 250 * content.length, `${outcome.fuel}`);
    }
  });

  it("says so where a file is larger than the policy lets it see", () => {
    const outcome = openShippedCheck("secrets").ask(fileWrite("a".repeat(300_000)));
    assertEquals(outcome.status, "failed");
    assertMatch(JSON.stringify(outcome), /limit_exceeded/);
  });
});
