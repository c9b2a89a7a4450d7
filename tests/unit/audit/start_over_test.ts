import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  type GrantState,
  nothingKept,
  type OverridesKept,
  type RequestState,
} from "../../../src/core/audit/override_state.ts";
import { startOver } from "../../../src/core/audit/start_over.ts";

const ahead = 10_000;
const at = 1_000;

const grantOf = (given: Partial<GrantState>): GrantState => ({
  ...{ at, by: "ada", findings: [], id: "g", justification: "why", kind: "once", pattern: "" },
  ...{ trust: "guarded", until: at, uses: 0 },
  ...given,
});

const requestOf = (id: string, given: Partial<RequestState>): RequestState => ({
  ...{ document: "", effects_digest: "", expires_at: 0, grant: null, id, opened_at: 0 },
  ...{ operation_digest: "", policy_digest: "", principal: "", seq: 1, session: "" },
  status: "pending",
  ...given,
});

const kept: OverridesKept = {
  ...nothingKept,
  latest: ahead,
  unnamed_step: 7,
  locks: [
    { approver: "*", channel: "console", failures: 20, last: ahead },
    { approver: "ada", channel: "console", failures: 5, last: at - 1 },
  ],
  opened: [{ principal: "a", at: [at - 1, ahead] }, { principal: "b", at: [ahead] }],
  requests: [
    requestOf("answered", { opened_at: ahead, expires_at: ahead + 300 }),
    requestOf("later", { opened_at: ahead, expires_at: ahead + 300 }),
    requestOf("over", { opened_at: at - 1, expires_at: ahead }),
    requestOf("waits", { opened_at: at, expires_at: ahead + 1 }),
    requestOf("lifts", { status: "granted", grant: grantOf({ until: ahead + 1 }) }),
    requestOf("lifted", { status: "granted", grant: grantOf({ until: ahead }) }),
    requestOf("will", { status: "granted", grant: grantOf({ at: ahead, until: ahead + 9 }) }),
    requestOf("used", { status: "used", grant: grantOf({ until: ahead + 1 }) }),
  ],
};

describe("startOver()", () => {
  it("TOTP-12 BIND-03 revives nothing that had ended, and nothing of later lasts", () => {
    const { latest, requests, locks, opened, unnamed_step } = startOver(kept, at, "answered");
    assertEquals(latest, at);
    assertEquals(requests.map(({ id, status }) => `${id} ${status}`), [
      "answered pending",
      "later timeout",
      "over timeout",
      "waits pending",
      "lifts granted",
      "lifted timeout",
      "will timeout",
      "used used",
    ]);
    assertEquals(locks.map(({ failures, last }) => [failures, last]), [[20, at], [5, at - 1]]);
    assertEquals(opened, [{ principal: "a", at: [at - 1] }]);
    assertEquals(unnamed_step, 7, "no used step comes back");
  });

  it("changes nothing where the clock was not ahead", () => {
    assertStrictEquals(startOver(kept, ahead, ""), kept);
    assertStrictEquals(startOver(kept, ahead + 1, ""), kept);
  });
});
