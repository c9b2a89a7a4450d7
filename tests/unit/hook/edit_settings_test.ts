import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import { compareSettings } from "../../../src/edge/hook/wiring/compare_settings.ts";
import {
  removeOwnHooks,
  unwireSettings,
  wireSettings,
  type Wiring,
} from "../../../src/edge/hook/wiring/edit_settings.ts";
import { planInstall } from "../../../src/edge/hook/wiring/plan_change.ts";
import { encodeHookLine } from "../../../src/edge/hook/wiring/hook_line.ts";

const wiring: Wiring = {
  line: {
    program: "/opt/sealward",
    host: "claude-code",
    root: "/p",
    server: null,
    tokenFile: null,
    serverKey: null,
    onUnenrolled: null,
  },
  isManagedOnly: false,
};
const codex: Wiring = { ...wiring, line: { ...wiring.line, host: "codex" } };
const older: Wiring = { ...wiring, line: { ...wiring.line, program: "/old/sealward" } };
const others = '{"matcher":"Bash","hooks":[{"type":"command","command":"lint"}]}';

const gate = encodeHookLine(wiring.line, "gate");
const record = encodeHookLine(wiring.line, "record");
const group = (command: string, matcher?: string) => ({
  ...(matcher === undefined ? {} : { matcher }),
  hooks: [{ type: "command", command, timeout: 30 }],
});
const wanted = {
  PreToolUse: [group(gate, "*")],
  PostToolUse: [group(record, "*")],
  SessionStart: [group(record)],
  Stop: [group(record)],
  SessionEnd: [group(record)],
};

describe("wireSettings()", () => {
  it("writes a new file, laid out", () => {
    const text = wireSettings(null, wiring);
    assertEquals(text, `${JSON.stringify({ hooks: wanted }, null, 2)}\n`);
  });

  it("takes an empty or blank file for no settings", () => {
    for (const text of ["", " \n\t\n", "{}\n"]) {
      assertEquals(wireSettings(text, wiring), wireSettings(null, wiring));
    }
  });

  const styles: readonly (readonly [string, string, RegExp])[] = [
    ["four blanks", '{\n    "model": "x"\n}\n', /\n {4}"hooks": \{\n {8}"PreToolUse"/],
    ["tabs", '{\n\t"model": "x"\n}', /\n\t"hooks": \{\n\t\t"PreToolUse"/],
    ["CRLF", '{\r\n  "model": "x"\r\n}\r\n', /\r\n {2}"hooks": \{\r\n {4}"PreToolUse"/],
    ["one line", '{"model": "x"}', /^\{"model": "x", "hooks": \{.*\}\}$/],
  ];
  for (const [name, text, form] of styles) {
    it(`keeps ${name}`, () => {
      const wired = wireSettings(text, wiring);
      assert(form.test(wired), wired);
      assertEquals(JSON.parse(wired), { model: "x", hooks: wanted });
      assertEquals(/[^\r]\n/.test(wired), !text.includes("\r") && text.includes("\n"));
      assertEquals(wired.endsWith("\n"), text.endsWith("\n"));
    });
  }

  it("keeps hooks of others, their order, and every byte of the rest", () => {
    const text =
      `{ "10": 1.0, "2": "\\u0041",\n  "hooks": {\n    "Stop": [ ${others} ],\n    "PreToolUse": [\n` +
      `      ${others}\n    ]\n  },\n  "z": [1,\t2]\n}`;
    const wired = wireSettings(text, wiring);
    for (const part of ['{ "10": 1.0, "2": "\\u0041",', '"z": [1,\t2]\n}', `[ ${others}`]) {
      assert(wired.includes(part), part);
    }
    assertEquals(JSON.parse(wired).hooks.PreToolUse, [JSON.parse(others), group(gate, "*")]);
    assertEquals(removeOwnHooks(wired), text);
  });

  it("a second time changes nothing, and an older wiring is replaced, not doubled", () => {
    for (const text of [null, "{}", `{"hooks":{"Stop":[${others}]}}`]) {
      const wired = wireSettings(text, wiring);
      assertEquals(planInstall(wired, wiring, []), wired);
      assertEquals(wireSettings(wireSettings(text, older), wiring), wired);
    }
  });

  it("takes its own hook out of a group it shares", () => {
    const text = `{"hooks":{"PreToolUse":[{"matcher":"Bash","hooks":[{"type":"command",` +
      `"command":"lint"},{"type":"command","command":"sealward hook claude-code"}]}]}}`;
    const wired = JSON.parse(wireSettings(text, wiring));
    assertEquals(wired.hooks.PreToolUse, [JSON.parse(others), group(gate, "*")]);
  });

  it("lets no other hooks run in managed settings", () => {
    const managed = { ...wiring, isManagedOnly: true };
    const rows: readonly (readonly [string | null, string])[] = [
      [null, '"allowManagedHooksOnly": true'],
      ['{"allowManagedHooksOnly":false}', '"allowManagedHooksOnly":true'],
      ['{"allowManagedHooksOnly" : "no", "a": 1}', '"allowManagedHooksOnly" : true, "a": 1'],
    ];
    for (const [text, part] of rows) {
      const wired = wireSettings(text, managed);
      assert(wired.includes(part), wired);
      assertEquals(compareSettings(wired, managed), []);
    }
  });

  it("for Codex names every tool by naming none, and adds no member Codex refuses", () => {
    const wired = JSON.parse(wireSettings(null, codex));
    assertEquals(Object.keys(wired), ["hooks"]);
    assertEquals(Object.keys(wired.hooks), ["PreToolUse", "PostToolUse", "SessionStart", "Stop"]);
    assertEquals(Object.keys(wired.hooks.PreToolUse[0]), ["hooks"]);
  });

  const refused: readonly (readonly [string, string])[] = [
    ["no JSON", "model = 1"],
    ["a comment", '{\n  // mine\n  "a": 1\n}'],
    ["a trailing comma", '{"a": 1,}'],
    ["a key twice", '{"hooks": {}, "hooks": {}}'],
    ["a key twice, spelled differently", '{"hooks": {}, "h\\u006foks": {}}'],
    ["a byte order mark", "\ufeff{}"],
    ["a list", "[]"],
    ["a text", '"hooks"'],
    ["hooks of another form", '{"hooks": []}'],
    ["an event of another form", '{"hooks": {"Stop": {}}}'],
    ["two documents", "{}{}"],
    ["nesting without end", `${'{"a":'.repeat(100)}1${"}".repeat(100)}`],
  ];
  for (const [name, text] of refused) {
    it(`refuses ${name}`, () => {
      for (const edit of [() => wireSettings(text, wiring), () => removeOwnHooks(text)]) {
        assertEquals(assertThrows(edit, EngineError).code, "settings_invalid");
      }
    });
  }
});

describe("unwireSettings()", () => {
  const befores = ["{}", "{ }\n", "", "\n", '{"hooks":{}}', '{"hooks": {"Stop": [ ]}, "a": 1}'];
  for (const before of befores) {
    it(`restores ${JSON.stringify(before)} from its backup, byte by byte`, () => {
      const backup = { path: "/s.json.sealward-backup-1", text: before };
      const planted = { path: "/s.json.sealward-backup-2", text: '{"env":{"X":"1"}}' };
      const removal = unwireSettings(wireSettings(before, wiring), wiring, [planted, backup]);
      assertEquals(removal, { text: before, restored: backup });
    });
  }

  it("removes a file that install made", () => {
    const removal = unwireSettings(wireSettings(null, wiring), wiring, []);
    assertEquals(removal, { text: null, restored: null });
  });

  it("SECURITY a backup that says more than the file of now restores nothing", () => {
    const now = wireSettings('{"a": 1}', wiring);
    const planted = [
      '{"a": 2}',
      '{"a": 1, "disableAllHooks": true}',
      '{"a": 1,}',
      now,
      wireSettings('{"a": 1}', older),
    ].map((text, index) => ({ path: `/backup-${index}`, text }));
    assertEquals(unwireSettings(now, wiring, planted), { text: '{"a": 1}', restored: null });
  });

  it("keeps what was changed since", () => {
    const backup = { path: "/backup-1", text: '{"a": 1}' };
    const now = wireSettings(backup.text, wiring).replace('"a": 1', '"a": 2');
    assertEquals(unwireSettings(now, wiring, [backup]), { text: '{"a": 2}', restored: null });
  });
});
