/** Which laid approvals are tried again. */
import { assertEquals } from "@std/assert";
import { createInboxSweep } from "../../src/compose/sweep_inbox.ts";
import { EngineError, type ErrorCode } from "../../src/core/errors.ts";
import type { OverrideStatus } from "../../src/pdp/override_desk.ts";

const id = "0".repeat(32);
const text = `sealward-override/v1\nrequest: ${id}\napproved: once\nbecause: "agreed"\n`;
const laid = {
  requestId: id,
  text: new TextEncoder().encode(text),
  signature: new TextEncoder().encode("signature"),
};

/** How often the engine is asked, where it answers so each time. */
async function triesAfter(code: ErrorCode): Promise<{ tries: number; said: readonly string[] }> {
  const said: string[] = [];
  let tries = 0;
  const desk = {
    waiting: () => Promise.resolve({ inbox: "/inbox", requestIds: [id] }),
    approve: (): Promise<OverrideStatus> => {
      tries++;
      return Promise.reject(new EngineError(code, "no"));
    },
  };
  const read = () => ({ found: [laid], skipped: [] });
  const inbox = createInboxSweep(desk, { agentUid: null, say: (line) => said.push(line), read });
  for (let i = 0; i < 3; i++) await inbox.sweep();
  return { tries, said };
}

Deno.test("RACE-08 an approval in the inbox is not lost to a busy log, and a wrong one is tried once", async () => {
  const once = await triesAfter("override_rejected");
  assertEquals([once.tries, once.said.length], [1, 1]);
  for (const code of ["audit_busy", "audit_unwritable", "override_refused"] as const) {
    const again = await triesAfter(code);
    assertEquals([again.tries, again.said.length], [3, 1], code);
  }
});

Deno.test("FLT-13 a look into the inbox that fails ends no server", async () => {
  const said: string[] = [];
  const fails = () => Promise.reject(new TypeError("nobody foresaw this"));
  const inbox = createInboxSweep({ waiting: fails, approve: fails }, {
    agentUid: null,
    say: (line) => said.push(line),
  });
  assertEquals([await inbox.sweep(), await inbox.sweep()], [true, true]);
  assertEquals(said.length, 1);
});
