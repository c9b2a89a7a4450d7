/** What every host's wiring owes, whatever host it is: a new one is held to it by being listed. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { hostVariables } from "../../../src/compose/environment.ts";
import { EngineError } from "../../../src/core/errors.ts";
import { builtinPatternSet } from "../../../src/core/operation/builtin_patterns.ts";
import { foldForMatching } from "../../../src/core/operation/fold_for_matching.ts";
import type { HookVerdict } from "../../../src/edge/hook/hook_answer.ts";
import type { HookHost } from "../../../src/edge/hook/hook_host.ts";
import { claudeCode } from "../../../src/edge/hook/hosts/claude_code.ts";
import { codex } from "../../../src/edge/hook/hosts/codex.ts";
import { copilot } from "../../../src/edge/hook/hosts/copilot.ts";
import { cursor } from "../../../src/edge/hook/hosts/cursor.ts";
import { gemini } from "../../../src/edge/hook/hosts/gemini.ts";
import { vscode } from "../../../src/edge/hook/hosts/vscode.ts";
import { encodeCanary, findLeak } from "../../../src/edge/hook/wiring/canary.ts";
import { compareSettings, findWiring } from "../../../src/edge/hook/wiring/compare_settings.ts";
import { wireSettings } from "../../../src/edge/hook/wiring/edit_settings.ts";
import { findHostErrors } from "../../../src/edge/hook/wiring/find_host_errors.ts";
import { hookTimeoutSeconds } from "../../../src/edge/hook/wiring/hook_timeout.ts";
import { type HostName, hostNames } from "../../../src/edge/hook/wiring/hook_line.ts";
import { hostWirings } from "../../../src/edge/hook/wiring/host_wirings.ts";
import { placesOf } from "../../../src/edge/hook/wiring/settings_place.ts";
import { hostWorlds } from "../../support/host_worlds.ts";

const hosts: Readonly<Record<HostName, HookHost>> = {
  "claude-code": claudeCode,
  codex,
  gemini,
  cursor,
  copilot,
  vscode,
};

const lineOf = (host: HostName) => ({
  program: "/opt/sealward",
  host,
  root: "/p",
  server: null,
  tokenFile: null,
  serverKey: null,
  onUnenrolled: null,
});
const wiringOf = (host: HostName) => ({ line: lineOf(host), isManagedOnly: false });

const text = "Sealward denied this";
const failure: HookVerdict = {
  kind: "failure",
  text,
  error: new EngineError("audit_busy", "held"),
};
const denials: readonly HookVerdict[] = [{ kind: "deny", text, decision: null }, failure];

for (const name of hostNames) {
  const host = hosts[name];
  const wiring = hostWirings[name];
  const canary = encodeCanary(name, { root: "/p", toolUseId: "t1" });

  describe(`wiring of ${name}`, () => {
    it("is the host's own, and its canary is an event that is judged before a tool runs", () => {
      assertEquals([host.name, wiring.host], [name, name]);
      const event = host.parse(canary);
      assertEquals([event.kind, event.callId, event.cwd], ["before", "t1", "/p"]);
      const gate = wiring.events.find(({ purpose }) => purpose === "gate");
      assertEquals(gate?.event, hostWorlds[name].gate);
    });

    it("aims its canary at the policy, and at nothing else", () => {
      const { affectedFiles, type, tool, diff } = host.plan(host.parse(canary), {
        cwd: "/x",
        readText: () => null,
      });
      const named = diff === null ? affectedFiles : affectedFiles.map((path) => `/p/${path}`);
      assertEquals(named, ["/p/.scalpel/policy.yaml"]);
      assertEquals([type === "tool_call", tool], [false, null]);
    });

    it("takes its own denials for denials, and nothing else", () => {
      const event = host.parse(canary);
      for (const denial of denials) assertEquals(findLeak(name, host.encode(event, denial)), null);
      const allowed = host.encode(event, { kind: "none", decision: null });
      for (
        const outcome of [
          allowed,
          { exit: 0, stdout: "{}", stderr: "" },
          { exit: 0, stdout: `${host.encode(event, failure).stdout}{}`, stderr: "" },
          { exit: 1, stdout: "", stderr: text },
          { exit: 127, stdout: "", stderr: text },
          { exit: null, stdout: "", stderr: "" },
        ]
      ) {
        assertNotEquals(findLeak(name, outcome), null, JSON.stringify(outcome));
      }
    });
  });

  describe(`settings of ${name}`, () => {
    it("an event that cannot be read is stopped by status, with a reason", () => {
      const answer = host.encode(null, failure);
      assertEquals([answer.exit, answer.stdout, answer.stderr], [2, "", `${text}\n`]);
    });

    it("wires every event, waits as long as is said, and finds itself again", () => {
      const wired = wireSettings(null, wiringOf(name));
      const { hooks } = JSON.parse(wired);
      assertEquals(Object.keys(hooks), wiring.events.map(({ event }) => event));
      assertEquals(compareSettings(wired, wiringOf(name)), []);
      assertEquals(findHostErrors(wired, name), []);
      assertEquals(findWiring(wired).line, lineOf(name));
      const times = [...wired.matchAll(/"timeout(?:Sec)?": (\d+)/g)].map(([, time]) =>
        Number(time)
      );
      const unit = name === "gemini" ? 1000 : 1;
      assertEquals(times, wiring.events.map(() => hookTimeoutSeconds * unit));
    });

    it("calls every change of an entry drift", () => {
      const wired = wireSettings(null, wiringOf(name));
      const { hooks } = JSON.parse(wired);
      for (const { event } of wiring.events) {
        const [entry] = hooks[event];
        const others = [{ ...entry, matcher: "Read" }, { ...entry, enabled: false }];
        for (const other of others) {
          const changed = JSON.stringify({
            ...JSON.parse(wired),
            hooks: { ...hooks, [event]: [other] },
          });
          assertEquals(compareSettings(changed, wiringOf(name)).length, 1, changed);
        }
      }
    });

    it("SECURITY its files are always protected", () => {
      const places = placesOf(name, { root: "/p", userFolder: () => `/h/${folderOf(name)}` });
      assert(places.length >= 2);
      for (const { path } of places) {
        const forms = [path, path.slice(1)].map(foldForMatching);
        const isOwn = builtinPatternSet().match(forms).length > 0;
        // A user's own folder of Codex holds more than settings, and is no checkout's.
        assert(isOwn || path.startsWith("/h/"), path);
      }
    });

    it("reads only variables that the program may read", () => {
      const { variable } = wiring.userFolder;
      assert(variable === null || hostVariables.some((each) => each === variable));
    });
  });
}

function folderOf(name: HostName): string {
  return hostWirings[name].userFolder.name;
}

describe("wiring of hosts whose files have a version", () => {
  for (const name of hostNames.filter((each) => hostWirings[each].version !== undefined)) {
    it(`${name}: adds it where it is missing, leaves another, and says what comes of it`, () => {
      const added = JSON.parse(wireSettings('{"x": 1}', wiringOf(name)));
      assertEquals([added.version, added.x], [1, 1]);
      const other = wireSettings('{"version": 2}', wiringOf(name));
      assertEquals(JSON.parse(other).version, 2);
      assertEquals(findHostErrors(other, name).length, 1);
    });
  }

  it("cursor: a gate that does not fail closed any more is drift", () => {
    const wired = wireSettings(null, wiringOf("cursor"));
    const open = wired.replace('"failClosed": true', '"failClosed": false');
    assertNotEquals(open, wired);
    assertEquals(compareSettings(open, wiringOf("cursor")).length, 1);
  });
});

describe("switches of hosts", () => {
  const off: readonly (readonly [HostName, string, boolean])[] = [
    ["gemini", '{"hooksConfig": {"enabled": false}}', true],
    ["gemini", '{"hooksConfig": {"notifications": true, "enabled" : false}}', true],
    ["gemini", '{"hooksConfig": {"disabled": ["/bin/sh -c ... sealward"]}}', true],
    ["gemini", '{"tools": {"enableHooks": false}}', true],
    ["gemini", '{"hooksConfig": {"enabled": true}, "x": {"enabled": false}}', false],
    ["gemini", '{"hooksConfig": {"disabled": ["lint"]}}', false],
    ["gemini", '{"hooksConfig": {"notifications": {"a": {"b": 1}}, "enabled": false}}', true],
    ["gemini", '{"hooksConfig": {"a": {"b": {}}}, "x": {"enabled": false}}', false],
    ["vscode", '{"chat.hookFilesLocations": {"./.github/hooks/": false}}', true],
    ["vscode", '{"chat.hookFilesLocations": {".github/hooksmith": true}}', false],
    ["vscode", '{ // mine\n"chat.useHooks": false}', true],
    ["vscode", '{"chat.hookFilesLocations": {".github/hooks": false}}', true],
    ["vscode", '{"chat.useHooks": true}', false],
  ];
  for (const [name, settings, isOff] of off) {
    it(`${name} ${isOff ? "is" : "is not"} switched off by ${settings}`, () => {
      assertEquals(hostWirings[name].switchedOff?.test(settings), isOff);
    });
  }
});

describe("copilot's events in camelCase", () => {
  const call = { sessionId: "s1", cwd: "/p", toolName: "bash", toolArgs: { command: "ls" } };
  const events: readonly (readonly [string, object, string])[] = [
    ["a tool", {}, "before"],
    ["SECURITY a tool with a result of null", { toolResult: null }, "before"],
    ["SECURITY a tool with an error of null", { error: null }, "before"],
    ["a tool with a result", { toolResult: { resultType: "success" } }, "observed"],
    ["a tool with an error", { error: "no" }, "observed"],
    ["SECURITY a tool in an event that begins a session", { source: "new" }, "before"],
    ["SECURITY a tool in an event that ends one", { reason: "complete" }, "before"],
  ];
  for (const [what, more, kind] of events) {
    it(`${what} is ${kind}`, () => {
      assertEquals(copilot.parse(JSON.stringify({ ...call, ...more })).kind, kind);
    });
  }
});
