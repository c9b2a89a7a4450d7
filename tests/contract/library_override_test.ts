/** The library's user asks in one process, a person approves in another; one log. */
import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { pause } from "../../src/library/pause.ts";
import {
  approverPolicy,
  inOverrideProject,
  type OverrideProject,
} from "../support/override_project.ts";
import type { Program } from "../support/sealward.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const program: Program = {
  name: "library",
  command: [
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-prompt",
    "--frozen",
    `--config=${root}/deno.json`,
    "--allow-read",
    "--allow-write",
    "--allow-env",
    "--allow-sys",
    `${root}/tests/e2e/fixtures/guide_override.ts`,
  ],
};
const policy = `${approverPolicy()}limits:\n  max_complexity: 10\n`;

/** Runs the guide's example while `answer` plays the person. */
async function runGuide(
  { project }: OverrideProject,
  timeoutSeconds: number,
  answer: () => Promise<void>,
): Promise<Record<string, unknown>> {
  // The package cache lies in the caller's home.
  const cache = Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;
  // What is not in it yet comes by the way this process has.
  const store = Deno.env.get("DENO_TLS_CA_STORE") ?? "system,mozilla";
  const options = { program, env: { DENO_DIR: cache, DENO_TLS_CA_STORE: store } };
  const [{ exit, stdout, stderr }] = await Promise.all([
    project.run([String(timeoutSeconds)], options),
    answer(),
  ]);
  assertEquals([exit, stderr], [0, ""]);
  return JSON.parse(stdout);
}

/** The first request that is open; somebody asks for it within a minute. */
async function awaitRequest({ engine }: OverrideProject): Promise<string> {
  for (let i = 0; i < 600; i++) {
    const [first] = (await engine.overrides.list()).pending;
    if (first !== undefined) return first.request_id;
    await pause(100, null);
  }
  throw new Error("nobody asked");
}

describe("SEED-15 the guide's override example, with a person in another process", () => {
  it("BIND-01 SEED-17 runs once what was approved, and names who approved it", async () => {
    await inOverrideProject(async (given) => {
      const { engine, enrol, entries } = given;
      const ada = await enrol("ada");
      const result = await runGuide(given, 60, async () => {
        const requestId = await awaitRequest(given);
        const { phrase } = await engine.overrides.show(requestId, "console");
        await engine.overrides.approve({
          requestId,
          phrase,
          justification: "the release needs it",
          grant: { kind: "once" },
          channel: "console",
          proof: { kind: "totp", approver: "ada", code: ada.code() },
        });
      });
      const { printed, ...rest } = result;
      assertEquals(rest, {
        hasProceeded: true,
        reason: "Approved by ada",
        acts: 1,
        guarded: ["ran", "denied"],
        isStillValid: false,
        isMadeUpValid: false,
      });
      const [by, until] = printed as readonly string[];
      assertEquals(by, "Override approved by ada");
      assertMatch(until ?? "", /^Valid until: \d{4}-/);
      assertEquals((await entries("OVERRIDE_APPROVED")).length, 1);
    }, { policy });
  });

  it("BIND-16 says that nobody answered, and the log does too", async () => {
    await inOverrideProject(async (given) => {
      const result = await runGuide(given, 1, () => Promise.resolve());
      assertEquals(result, {
        printed: [],
        hasProceeded: false,
        reason: "Override request timed out",
        acts: 0,
        guarded: ["denied", "denied"],
        isStillValid: false,
        isMadeUpValid: false,
      });
      const [timedOut, ...others] = await given.entries("OVERRIDE_TIMEOUT");
      assertEquals([timedOut?.severity, others.length], ["HIGH", 0]);
    }, { policy });
  });
});
