import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  compareSettings,
  findWiring,
  hasHooksDisabled,
  isManagedOnly,
} from "../../../src/edge/hook/wiring/compare_settings.ts";
import { wireSettings, type Wiring } from "../../../src/edge/hook/wiring/edit_settings.ts";

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
const wired = wireSettings('{\n  "model": "x"\n}\n', wiring);

/** The text after `edit` has changed its parsed form. */
// deno-lint-ignore no-explicit-any -- any part of it may be edited
function changed(edit: (settings: any) => void): string {
  const settings = JSON.parse(wired);
  edit(settings);
  return JSON.stringify(settings);
}

describe("compareSettings()", () => {
  it("finds nothing in what was written, also laid out anew", () => {
    assertEquals(compareSettings(wired, wiring), []);
    assertEquals(compareSettings(changed(() => {}), wiring), []);
  });

  const rows: readonly (readonly [string, string, RegExp])[] = [
    ["a missing event", changed(({ hooks }) => delete hooks.PreToolUse), /^PreToolUse: not wired/],
    ["an emptied list", changed(({ hooks }) => hooks.Stop = []), /^Stop: not wired/],
    [
      "another matcher",
      changed(({ hooks }) => hooks.PreToolUse[0].matcher = "Bash"),
      /^PreToolUse: matcher/,
    ],
    [
      "another timeout",
      changed(({ hooks }) => hooks.PreToolUse[0].hooks[0].timeout = 0),
      /^PreToolUse: matcher, type, timeout/,
    ],
    [
      "a member more",
      changed(({ hooks }) => hooks.PreToolUse[0].hooks[0].async = true),
      /^PreToolUse: .*another member/,
    ],
    [
      "another type",
      changed(({ hooks }) => hooks.PreToolUse[0].hooks[0].type = "prompt"),
      /^PreToolUse: matcher, type/,
    ],
    [
      "a second hook in the group",
      changed(({ hooks }) => hooks.PreToolUse[0].hooks.unshift({ type: "command", command: "a" })),
      /^PreToolUse: another hook/,
    ],
    [
      "a doubled entry",
      changed(({ hooks }) => hooks.PreToolUse.push(hooks.PreToolUse[0])),
      /^PreToolUse: wired 2 times/,
    ],
    [
      "a changed second hook",
      changed(({ hooks }) => {
        const [hook] = hooks.PostToolUse[0].hooks;
        hook.command = hook.command.replace("exit 1", "exit 0");
      }),
      /^PostToolUse: .*not one this version/,
    ],
    [
      "a guard that lets go",
      wired.replace("exit 2; }", "exit 0; }"),
      /^PreToolUse: the command line/,
    ],
    [
      "another program",
      wireSettings(null, { ...wiring, line: { ...wiring.line, program: "/tmp/sealward" } }),
      /starts \/tmp\/sealward/,
    ],
    [
      "another root",
      wireSettings(null, { ...wiring, line: { ...wiring.line, root: "/q" } }),
      /the root \/q/,
    ],
    [
      "a server",
      wireSettings(null, { ...wiring, line: { ...wiring.line, server: "http://127.0.0.1:1" } }),
      /server http:\/\/127.0.0.1:1/,
    ],
    [
      "the other host's line",
      wired.replaceAll("hook claude-code", "hook codex"),
      /speaks to codex/,
    ],
    [
      "an event that is not wanted",
      changed(({ hooks }) => hooks.Notification = hooks.Stop),
      /^Notification: wired, not wanted/,
    ],
  ];
  for (const [name, text, reason] of rows) {
    it(`names ${name}`, () => {
      const reasons = compareSettings(text, wiring);
      assert(reasons.some((each) => reason.test(each)), reasons.join(" | ") || "no reason");
    });
  }

  it("names managed settings that let other hooks run", () => {
    const managed = { ...wiring, isManagedOnly: true };
    assertEquals(compareSettings(wireSettings(null, managed), managed), []);
    assertEquals(compareSettings(wireSettings(null, wiring), managed).length, 1);
  });
});

describe("findWiring()", () => {
  it("gives the gate's line only when it is as written", () => {
    assertEquals(findWiring(wired).line, wiring.line);
    assertEquals(findWiring(wired.replace("exit 2; }", "exit 0; }")).line, null);
    for (const text of ["", "{}", '{"hooks":{"PreToolUse":[{"hooks":[{"command":1}]},3]}}']) {
      assertEquals(findWiring(text), { gate: null, line: null, isInstalled: false });
    }
  });
});

describe("switches", () => {
  it("are on only when literally true", () => {
    assertEquals(hasHooksDisabled('{"disableAllHooks": true}'), true);
    assertEquals(isManagedOnly('{"allowManagedHooksOnly":true}'), true);
    for (const text of ["", "{}", '{"disableAllHooks": false}', '{"a":{"disableAllHooks":true}}']) {
      assertEquals([hasHooksDisabled(text), isManagedOnly(text)], [false, false]);
    }
  });
});
