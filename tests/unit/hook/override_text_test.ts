/** What a model reads where a person may lift a denial. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Decision, OverrideNote } from "../../../src/core/decision/decision.ts";
import { maxHookReasonCharacters } from "../../../src/core/limits.ts";
import { parseOperation } from "../../../src/core/operation/parse_operation.ts";
import { describeOverride } from "../../../src/edge/hook/describe_override.ts";
import { claudeCode } from "../../../src/edge/hook/hosts/claude_code.ts";
import { runHook } from "../../../src/edge/hook/run_hook.ts";
import { fakeDecision } from "../../support/fake_engine.ts";

const operation = parseOperation({ type: "file_write", affected_files: ["prod.env"] });
const denied = fakeDecision(operation);
const allowed = fakeDecision(operation, { decide: () => "allow" });
const id = (digit: string): string => digit.repeat(32);

const offer = (digit: string, expires_at = "2026-11-23T09:05:59.9Z"): OverrideNote => ({
  status: "offered",
  request_id: id(digit),
  phrase: "AAAAA-BBBBB",
  expires_at,
});
const granted: OverrideNote = {
  status: "granted",
  override_id: id("8"),
  request_id: id("9"),
  kind: "once",
  approved_by: "alice",
  override_trust: "guarded",
  approved_until: "2026-11-23T09:30:00Z",
};
const withNote = (decision: Decision, override: OverrideNote): Decision => {
  return { ...decision, override };
};

async function hookText(decisions: readonly Decision[]): Promise<string> {
  const event = {
    hook_event_name: "PreToolUse",
    cwd: "/work",
    tool_name: "Write",
    tool_input: { file_path: "/work/prod.env", content: "" },
  };
  const { stdout, stderr } = await runHook({
    host: claudeCode,
    open: () =>
      Promise.resolve({
        cwd: "/work",
        readText: () => null,
        judge: () => Promise.resolve(decisions),
        observe: () => Promise.resolve([]),
        tidy: () => Promise.resolve(),
      }),
    readInput: () => Promise.resolve(new TextEncoder().encode(JSON.stringify(event))),
    onUnenrolled: "allow",
    deadlineMs: 5_000,
  });
  return stdout + stderr;
}

describe("the hook's text of a denial a person may lift", () => {
  it("names the request, says who has to answer, and that the same is tried then", async () => {
    const text = await hookText([withNote(denied, offer("a"))]);
    assertStringIncludes(text, `request ${id("a")} before 09:05:59 UTC`);
    assertStringIncludes(text, "a person has to approve");
    assertStringIncludes(text, "try exactly this again");
    assertStringIncludes(text, "This is final; do not try it another way.");
    assert(text.length <= maxHookReasonCharacters);
  });

  it("never says how to approve, nor what has to be retyped", async () => {
    const text = await hookText([withNote(denied, offer("a"))]);
    for (const word of ["sealward override", "approve ID", "AAAAA", "BBBBB", "phrase", "code"]) {
      assertEquals(text.includes(word), false, word);
    }
  });

  it("names no request where another install would go on denying", async () => {
    for (const other of [denied, { ...denied, overridable: false }]) {
      const text = await hookText([withNote(denied, offer("a")), other]);
      assertEquals(text.includes(id("a")), false);
      assertStringIncludes(text, "Sealward denied");
    }
  });

  it("names the requests of all installs that deny, with the end of the first", () => {
    const both = [
      withNote(denied, offer("a", "2026-11-23T09:20:00Z")),
      allowed,
      withNote(denied, offer("b")),
    ];
    const text = describeOverride(both) ?? "";
    assertStringIncludes(text, `requests ${id("a")} and ${id("b")} before 09:05:59 UTC`);
  });

  it("says until when too much was asked for", () => {
    const note = { status: "too_many", retry_at: "2026-11-23T10:00:00Z" } as const;
    const text = describeOverride([withNote(denied, note), withNote(denied, offer("a"))]) ?? "";
    assertStringIncludes(text, "before 10:00 UTC");
    assertEquals(text.includes(id("a")), false);
  });

  it("is silent about what a grant allowed", async () => {
    assertEquals(await hookText([withNote(allowed, granted)]), await hookText([allowed]));
    assertEquals(describeOverride([withNote(allowed, granted)]), null);
  });

  it("stays what it was where nobody can approve, and where a host asks", async () => {
    assertEquals((await hookText([denied])).includes("approve"), false);
    const ask: Decision = { ...denied, decision: "ask" };
    assertEquals(await hookText([withNote(ask, offer("a"))]), await hookText([ask]));
  });
});
