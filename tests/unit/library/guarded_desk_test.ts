/** An asker's desk of a guarded root, over the words its server sends. */
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import { overrideTask } from "../../../src/core/override/override_task.ts";
import { createGuardedDesk } from "../../../src/library/guarded_desk.ts";
import type { OverrideStatus } from "../../../src/pdp/override_desk.ts";

const pending: OverrideStatus = {
  request_id: "a".repeat(32),
  status: "pending",
  expires_at: "2026-11-23T09:05:00Z",
  override_id: null,
  approved_until: null,
  approved_by: null,
  override_trust: null,
  justification: null,
  kind: null,
};
const granted: OverrideStatus = {
  ...pending,
  status: "approved",
  override_id: "b".repeat(32),
  approved_until: "2026-11-23T09:30:00Z",
  approved_by: "alice",
  override_trust: "presence",
  justification: "Release",
  kind: "once",
};

describe("createGuardedDesk()", () => {
  it("reads from the server's task what the engine said", async () => {
    const statuses: readonly OverrideStatus[] = [
      ...(["pending", "denied", "expired", "cancelled"] as const).map((status) => {
        return { ...pending, status };
      }),
      ...(["approved", "used", "revoked"] as const).map((status) => ({ ...granted, status })),
    ];
    for (const status of statuses) {
      const calls: string[] = [];
      const desk = createGuardedDesk({
        overrideTask: (id) => {
          calls.push(`task ${id}`);
          return Promise.resolve(overrideTask(status));
        },
        cancelOverride: (id, why) => {
          calls.push(`cancel ${id} ${why}`);
          return Promise.resolve(overrideTask(status));
        },
        isOverrideValid: (id) => {
          calls.push(`valid ${id}`);
          return Promise.resolve(false);
        },
      });
      assertEquals(await desk.status("r", "library"), status);
      assertEquals(await desk.withdraw("r", "library", "timeout"), status);
      assertEquals(await desk.isValid("g", "library"), false);
      assertEquals(calls, ["task r", "cancel r timeout", "valid g"]);
    }
  });

  it("BIND-16 learns how a request ended that it cannot withdraw any more", async () => {
    const desk = createGuardedDesk({
      overrideTask: () => Promise.resolve(overrideTask(granted)),
      cancelOverride: () => Promise.reject(new EngineError("request_conflict", "It is over")),
      isOverrideValid: () => Promise.resolve(true),
    });
    assertEquals(await desk.withdraw("r", "library", "timeout"), granted);
  });

  it("passes on what the server refuses", async () => {
    const refuse = () => Promise.reject(new EngineError("override_unknown", "no such request"));
    const desk = createGuardedDesk({
      overrideTask: refuse,
      cancelOverride: refuse,
      isOverrideValid: refuse,
    });
    const refused = [
      desk.status("r", null),
      desk.withdraw("r", null, "cancelled"),
      desk.isValid("g", null),
    ];
    for (const each of refused) {
      assertEquals((await assertRejects(() => each, EngineError)).code, "override_unknown");
    }
  });
});
