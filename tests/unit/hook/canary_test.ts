import { assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Entry } from "../../../src/core/audit/entry.ts";
import { encodeCanary, findCanaryEntry, findLeak } from "../../../src/edge/hook/wiring/canary.ts";

const deny = {
  hookEventName: "PreToolUse",
  permissionDecision: "deny",
  permissionDecisionReason: "no",
};
const say = (specific: unknown, more = {}) =>
  JSON.stringify({ hookSpecificOutput: specific, ...more });

describe("findLeak()", () => {
  const blocked = [
    { exit: 0, stdout: say(deny), stderr: "" },
    { exit: 2, stdout: "", stderr: "sealward: no" },
  ];
  for (const host of ["claude-code", "codex"] as const) {
    it(`${host}: both forms of a denial block`, () => {
      for (const outcome of blocked) assertEquals(findLeak(host, outcome), null);
    });
  }

  const leaks: readonly (readonly [string, number | null, string, string])[] = [
    ["no opinion", 0, "", ""],
    ["not JSON", 0, "denied", ""],
    ["a list", 0, "[]", ""],
    ["an allow", 0, say({ ...deny, permissionDecision: "allow" }), ""],
    ["an ask", 0, say({ ...deny, permissionDecision: "ask" }), ""],
    ["another event's form", 0, say({ ...deny, hookEventName: "PostToolUse" }), ""],
    ["an empty reason", 0, say({ ...deny, permissionDecisionReason: "" }), ""],
    ["two documents", 0, say(deny) + say(deny), ""],
    ["exit 1", 1, say(deny), "no"],
    ["exit 127", 127, "", "not found"],
    ["exit 137", 137, say(deny), ""],
    ["no answer in time", null, say(deny), ""],
  ];
  for (const [name, exit, stdout, stderr] of leaks) {
    it(`${name} is none`, () => {
      for (const host of ["claude-code", "codex"] as const) {
        assertNotEquals(findLeak(host, { exit, stdout, stderr }), null);
      }
    });
  }

  it("codex: an empty reason, or a member it does not know, makes it run the tool", () => {
    const outcomes = [
      { exit: 2, stdout: "", stderr: " \n" },
      { exit: 0, stdout: say({ ...deny, extra: 1 }), stderr: "" },
      { exit: 0, stdout: say(deny, { continue: false }), stderr: "" },
      { exit: 0, stdout: say(deny, { suppressOutput: true }), stderr: "" },
    ];
    for (const outcome of outcomes) assertNotEquals(findLeak("codex", outcome), null);
  });
});

describe("canary", () => {
  it("aims at the policy in the host's own words, one line", () => {
    const request = { root: "/p", toolUseId: "t1" };
    const claude = JSON.parse(encodeCanary("claude-code", request));
    assertEquals(
      [claude.tool_name, claude.tool_input.file_path, claude.tool_use_id, claude.cwd],
      ["Write", "/p/.scalpel/policy.yaml", "t1", "/p"],
    );
    const codex = JSON.parse(encodeCanary("codex", request));
    assertEquals([codex.tool_name, codex.transcript_path], ["apply_patch", null]);
    assertEquals(codex.tool_input.command.includes("File: .scalpel/policy.yaml\n"), true);
  });

  it("is proven only by a denial that names it", () => {
    const entry = (decision: string, id: string) =>
      ({
        seq: 7,
        details: { decision, mode: "observe", operation: { correlation_id: id } },
      }) as unknown as Entry;
    const wanted = { ...entry("deny", "t1"), seq: 9 };
    assertEquals(
      findCanaryEntry([entry("deny", "t2"), entry("allow", "t1"), wanted], "t1"),
      { seq: 9, mode: "observe" },
    );
    assertEquals(findCanaryEntry([entry("deny", "t2"), entry("ask", "t1")], "t1"), null);
    assertEquals(findCanaryEntry([{ details: null } as unknown as Entry], "t1"), null);
  });
});
