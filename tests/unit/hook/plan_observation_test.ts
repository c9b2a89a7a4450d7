import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import type { HookHost } from "../../../src/edge/hook/hook_host.ts";
import { claudeCode } from "../../../src/edge/hook/hosts/claude_code.ts";
import { codex } from "../../../src/edge/hook/hosts/codex.ts";
import { planObservation } from "../../../src/edge/hook/plan_observation.ts";

const context = {
  cwd: "/process",
  readText: () => {
    throw new Error("a file was read after the fact");
  },
};

function plan(host: HookHost, event: object) {
  const text = JSON.stringify({ session_id: "s", cwd: "/work", ...event });
  return planObservation(host, host.parse(text), context);
}

const edit = {
  tool_name: "Edit",
  tool_input: { file_path: "/work/a", old_string: "a", new_string: "b" },
  tool_use_id: "t1",
};

describe("planObservation()", () => {
  it("pairs what came of a tool with the operation that was judged", () => {
    for (
      const [name, status] of [["PostToolUse", "done"], ["PostToolUseFailure", "failed"]] as const
    ) {
      const found = plan(claudeCode, { hook_event_name: name, ...edit });
      assertEquals(found?.outcome, { correlationId: "t1", session: "s", tool: "Edit", status });
      assertEquals(found?.operation?.affectedFiles, ["/work/a"]);
      assertEquals([found?.reach, found?.settlement], ["near", null]);
    }
  });

  it("without an id there is no outcome, and without a tool no operation; it looks all the same", () => {
    const { tool_use_id: _, ...unnamed } = edit;
    const found = plan(codex, { hook_event_name: "PostToolUse", ...unnamed });
    assertEquals([found?.outcome, found?.reach], [null, "near"]);
    const odd = plan(codex, { hook_event_name: "PostToolUse", tool_name: 7, tool_use_id: "t1" });
    assertEquals([odd?.operation, odd?.outcome?.tool, odd?.cwd], [null, null, "/work"]);
    const broken = { ...edit, tool_input: { ...edit.tool_input, file_path: "a\0" } };
    assertEquals(plan(claudeCode, { hook_event_name: "PostToolUse", ...broken })?.operation, null);
  });

  const settled: readonly (readonly [HookHost, object, string | null, string])[] = [
    [claudeCode, { hook_event_name: "SessionStart", source: "startup" }, "session_start", "whole"],
    [codex, { hook_event_name: "SessionStart", source: "resume" }, "session_start", "whole"],
    [claudeCode, { hook_event_name: "SessionStart", source: "compact" }, null, "whole"],
    [claudeCode, { hook_event_name: "SessionEnd" }, "session_end", "whole"],
    [claudeCode, { hook_event_name: "Stop" }, null, "near"],
    [codex, { hook_event_name: "Stop" }, "stop", "whole"],
  ];
  for (const [host, event, reason, reach] of settled) {
    it(`${host.name} ${JSON.stringify(event)} settles: ${reason}`, () => {
      const found = plan(host, event);
      // Only this host ever says that a session is over; a turn's end leaves what was denied denied.
      const over = reason === "session_end" ? { ended: true as const } : {};
      assertEquals(found?.settlement, reason === null ? null : { session: "s", reason, ...over });
      assertEquals([found?.reach, found?.outcome, found?.operation], [reach, null, null]);
    });
  }

  it("settles nobody's session in place of one it cannot read", () => {
    const event = { hook_event_name: "SessionEnd" };
    assertEquals(plan(claudeCode, { ...event, session_id: 7 })?.settlement, null);
    const nobody = plan(claudeCode, { ...event, session_id: undefined });
    assertEquals(nobody?.settlement, { session: null, reason: "session_end", ended: true });
    assertThrows(() => plan(claudeCode, { ...event, session_id: "" }), EngineError);
  });

  it("has nothing to say of other events", () => {
    for (const name of ["Notification", "SubagentStop", "UserPromptSubmit", "Unheard"]) {
      assertEquals(plan(claudeCode, { hook_event_name: name }), null);
    }
  });
});
