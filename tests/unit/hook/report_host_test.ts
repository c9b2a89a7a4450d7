import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { wireSettings } from "../../../src/edge/hook/wiring/edit_settings.ts";
import { findSwitches, judgeHost } from "../../../src/edge/hook/wiring/report_host.ts";
import { type PlaceReading, reportPlace } from "../../../src/edge/hook/wiring/report_place.ts";
import { placesOf } from "../../../src/edge/hook/wiring/settings_place.ts";

const line = {
  program: "/opt/sealward",
  host: "claude-code",
  root: "/p",
  server: null,
  tokenFile: null,
  serverKey: null,
  onUnenrolled: null,
} as const;
const wired = wireSettings(null, { line, isManagedOnly: false });
const options = {
  host: "claude-code",
  root: "/p",
  program: "/opt/sealward",
  isProgram: (path: string) => path === "/usr/bin/sealward",
} as const;

const places = placesOf("claude-code", { root: "/p", userFolder: () => "/h/.claude" });
const read = (texts: readonly (string | null)[]): readonly PlaceReading[] =>
  places.map((place, index) => ({ place, text: texts[index] ?? null, fault: null }));
const report = (texts: readonly (string | null)[]) =>
  read(texts).map((reading) => reportPlace(reading, options));
const states = (texts: readonly (string | null)[]) => report(texts).map(({ state }) => state);

const proven = { scope: "project", denied: true, seq: 7, mode: "enforce", fault: null };

describe("reportPlace()", () => {
  it("knows each place", () => {
    assertEquals(places.map(({ path }) => path), [
      "/p/.claude/settings.local.json",
      "/p/.claude/settings.json",
      "/h/.claude/settings.json",
      "/etc/claude-code/managed-settings.json",
    ]);
    const none = "not_installed";
    assertEquals(states([wired, "{}", null, wired]).slice(0, 3), ["as_written", none, none]);
    assertEquals(states(["{", "", "[]"]), ["unreadable", none, "unreadable", none]);
  });

  it("takes another name of the same program, and no other program", () => {
    const named = (program: string) =>
      wireSettings(null, { line: { ...line, program }, isManagedOnly: false });
    assertEquals(states([named("/usr/bin/sealward")])[0], "as_written");
    assertEquals(states([named("/tmp/sealward")])[0], "drift");
  });

  it("SECURITY gives a command line to run only when it is as written", () => {
    const planted = wired.replace("sealward '/opt", "sealward '/tmp/evil' '/opt");
    assertEquals(report([planted])[0]?.gate, null);
    assertEquals(report([wired.replace("'/p'", "'/p'; touch /tmp/x")])[0]?.gate, null);
    assertEquals(typeof report([wired])[0]?.gate, "string");
  });

  it("says who decides, for a human to check the flags", () => {
    assertEquals(
      report([wired])[0]?.road,
      "decides here for /p; where no install guards: no opinion",
    );
    const flags = { server: "http://127.0.0.1:1", onUnenrolled: "deny" } as const;
    const served = wireSettings(null, { line: { ...line, ...flags }, isManagedOnly: false });
    assertEquals(
      report([served])[0]?.road,
      "asks http://127.0.0.1:1 for /p; where no install guards: deny",
    );
  });

  it("a fault of others that makes the host skip the file is drift", () => {
    const faults = [
      '{"hooks":{"Stop":[{"matcher":"x"}]}}',
      '{"hooks":{"Stop":[{"hooks":[{"command":"x"}]}]}}',
      '{"hooks":{"Stop":[{"matcher":1,"hooks":[]}]}}',
      '{"hooks":{"Stop":["x"]}}',
    ];
    for (const text of faults) {
      assertEquals(states([wireSettings(text, { line, isManagedOnly: false })])[0], "drift", text);
    }
    const sound = '{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"x"}]}]},"a":1}';
    assertEquals(states([wireSettings(sound, { line, isManagedOnly: false })])[0], "as_written");
    const codex = { ...line, host: "codex" } as const;
    const reading = (text: string) => ({
      place: { scope: "project", path: "/p/.codex/hooks.json", form: "json" } as const,
      text: wireSettings(text, { line: codex, isManagedOnly: false }),
      fault: null,
    });
    const stateOf = (text: string) =>
      reportPlace(reading(text), { ...options, host: "codex" }).state;
    assertEquals(stateOf('{"$schema": "x"}'), "drift");
    assertEquals(stateOf('{"description": "x"}'), "as_written");
  });

  it("a project's line for another root is drift, a user's is not", () => {
    const other = wireSettings(null, { line: { ...line, root: "/q" }, isManagedOnly: false });
    assertEquals(states([other, other, other]).slice(0, 3), ["drift", "drift", "as_written"]);
  });
});

describe("judgeHost()", () => {
  const unproven = { ...proven, seq: null, fault: "it left no denial in the log" };
  const rows = [
    ["PROTECTED", [wired], [proven], []],
    ["UNPROVEN", [wired], [unproven], []],
    ["UNPROVEN", [wired], [], []],
    ["UNPROVEN", [wired, wired], [proven, unproven], []],
    ["DRIFT", [wired, wired.replace("exit 2; }", "exit 0; }")], [proven], []],
    ["DRIFT", [wired], [proven], ["off"]],
    ["UNPROVEN", [wired, "{"], [proven], []],
    ["UNPROVEN", ["{"], [], []],
    ["NOT INSTALLED", ["{}", null], [], []],
    ["NOT INSTALLED", [], [], ["off"]],
  ] as const;
  rows.forEach(([verdict, texts, canaries, switches], index) => {
    it(`row ${index + 1}: ${verdict}`, () => {
      assertEquals(judgeHost(report(texts), switches, canaries), verdict);
    });
  });
});

describe("findSwitches()", () => {
  const off = '{"disableAllHooks": true}';
  const find = (texts: readonly (string | null)[], local: string | null = null) =>
    findSwitches(
      read(texts),
      [{ path: "/h/.claude/settings.local.json", text: local }],
      report(texts),
    )
      .length;
  it("sees hooks switched off in any file", () => {
    assertEquals(find([wired]), 0);
    assertEquals(find([wired, off]), 1);
    assertEquals(find([wired, null, off]), 1);
    assertEquals(find([wired], off), 1);
    assertEquals(find([wired], "no json"), 0);
  });

  it("reads names that are written with escapes", () => {
    const text = '{"hooks\\u0043onfig": {"\\u0065nabled": false}}';
    const others = [{ path: "/h/.gemini/settings.json", text }];
    const switchedOff = /"hooksConfig": \{"enabled": false/;
    assertEquals(findSwitches(read([wired]), others, report([wired]), switchedOff).length, 1);
  });

  it("sees managed settings that hide the wiring", () => {
    const managed = '{"allowManagedHooksOnly": true}';
    const full = wireSettings(null, { line, isManagedOnly: true });
    assertEquals(find([wired, null, null, managed]), 1);
    assertEquals(find([null, null, wired, managed]), 1);
    assertEquals(find([wired, null, null, full]), 0);
    assertEquals(find([null, null, null, managed]), 0);
  });
});
