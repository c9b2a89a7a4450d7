/** `sealward check` where a person may lift the denial, or did. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Decision, OverrideNote, Verdict } from "../../../src/core/decision/decision.ts";
import { plainStyle } from "../../../src/edge/cli/colour.ts";
import { checkCommand } from "../../../src/edge/cli/commands/check.ts";
import type { CliContext, Host } from "../../../src/edge/cli/host.ts";
import { parseCommandLine } from "../../../src/edge/cli/parse_command_line.ts";
import { fakeDecision } from "../../support/fake_engine.ts";

const offered: OverrideNote = {
  status: "offered",
  request_id: "a".repeat(32),
  phrase: "AAAAA-BBBBB",
  expires_at: "2026-11-23T09:05:00Z",
};

/** What the command prints and ends with when the engine's answer carries `override`. */
async function check(
  override: OverrideNote | null,
  verdict: Verdict,
  format: string,
): Promise<{ readonly exit: number; readonly text: string }> {
  const chunks: Uint8Array[] = [];
  const host = {
    cwd: "/work",
    paths: () => ({ root: "/work" }),
    road: () => ({ url: "http://127.0.0.1:1", tokenPath: null, keyPath: null }),
    connect: () =>
      Promise.resolve({
        check: (operations: readonly Parameters<typeof fakeDecision>[0][]) =>
          Promise.resolve(operations.map((operation): Decision => ({
            ...fakeDecision(operation, { decide: () => verdict }),
            ...(override === null ? {} : { override }),
          }))),
        close: () => Promise.resolve(),
      }),
  } as unknown as Host;
  const render = (wanted: "table" | "json" | "jsonl") => {
    return { format: wanted, style: plainStyle, width: null };
  };
  const writer = { writeSync: (bytes: Uint8Array) => chunks.push(bytes.slice()) && bytes.length };
  const context: CliContext = {
    host,
    stdout: writer,
    stderr: writer,
    render,
    renderErrors: render,
  };
  const argv = ["check", "--type", "file_write", "--file", "prod.env", "--format", format];
  const line = parseCommandLine(argv, [checkCommand]);
  if (line.kind !== "run") throw new Error("the command line asks for help");
  const exit = await line.command.run(context, line.parsed);
  return { exit, text: chunks.map((bytes) => new TextDecoder().decode(bytes)).join("") };
}

describe("sealward check of what a person may approve", () => {
  it("names command, phrase and end below the reasons, and stays a denial", async () => {
    const { exit, text } = await check(offered, "deny", "table");
    assertEquals(exit, 2);
    assertStringIncludes(
      text,
      `\n  a person may approve it: sealward override approve ${"a".repeat(32)}, ` +
        "phrase AAAAA-BBBBB, until 2026-11-23 09:05:00Z\n",
    );
  });

  it("gives programs the note as it is", async () => {
    for (const verdict of ["deny", "ask"] as const) {
      const { exit, text } = await check(offered, verdict, "json");
      assertEquals([exit, JSON.parse(text).override], [verdict === "deny" ? 2 : 4, offered]);
      assertEquals(text.includes("a person may"), false);
    }
  });

  it("says nothing of approvals where there is nothing to say", async () => {
    const { exit, text } = await check(null, "deny", "table");
    assertEquals([exit, /approve|override/.test(text)], [2, false]);
  });
});
