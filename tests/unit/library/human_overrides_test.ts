/** requireHumanOverride and isOverrideValid against a desk on which a test answers. */
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Decision } from "../../../src/core/decision/decision.ts";
import { EngineError } from "../../../src/core/errors.ts";
import {
  type DecisionToOverride,
  type HumanOverrideOptions,
  HumanOverrides,
} from "../../../src/library/human_overrides.ts";
import { type Operation, parseOperationInput } from "../../../src/library/operation_input.ts";
import { pause } from "../../../src/library/pause.ts";
import {
  OperationDeniedError,
  type PolicyDecision,
  toPolicyDecision,
} from "../../../src/library/policy_decision.ts";
import { runGuideOverride } from "../../support/guide_override.ts";
import { fakeDecision } from "../../support/fake_engine.ts";
import { type AnsweringDesk, createAnsweringDesk } from "../../support/answering_desk.ts";

const startUnixMs = Date.parse("2026-11-23T09:00:00Z");
const critical: Operation = {
  type: "code_modification",
  affectedFiles: ["src/critical.env"],
  metadata: { complexity: 50 },
};
/** As the guide makes it by hand. */
const madeByHand: DecisionToOverride = {
  allowed: false,
  violatedPolicies: ["max_complexity"],
  reason: "Complexity exceeds limit",
  severity: "HIGH",
};

/** What a world's engine adds to a denial. */
type Answer = Partial<Decision>;

interface World {
  readonly desk: AnsweringDesk;
  /** Operations that were decided anew. */
  readonly asked: string[];
  readonly overrides: HumanOverrides;
  /** Does something when so much of the wait is over. */
  readonly at: (seconds: number, act: () => void) => void;
  /** Seconds since the beginning, virtual. */
  readonly now: () => number;
  readonly check: (operation: Operation) => DecisionToOverride;
  readonly require: (
    operation: Operation,
    decision: DecisionToOverride,
    options?: HumanOverrideOptions,
  ) => ReturnType<HumanOverrides["require"]>;
}

/** @param answer Left out: a denial that offers the request of its operation, as the engine does. */
function createWorld(answer?: () => Answer, before?: (call: string) => void): World {
  const desk = createAnsweringDesk(before === undefined ? {} : { before });
  const asked: string[] = [];
  const plans: { readonly atMs: number; readonly act: () => void }[] = [];
  const requests = new Map<string, string>();
  let nowMs = 0;
  const decide = (operation: ReturnType<typeof parseOperationInput>): Decision => {
    const plain = fakeDecision(operation, { decide: () => "deny" });
    if (answer !== undefined) return { ...plain, ...answer() };
    const id = requests.get(plain.operation_digest) ?? desk.open("library");
    requests.set(plain.operation_digest, id);
    const expires_at = "2026-11-23T09:05:00Z";
    const override = { status: "offered", request_id: id, phrase: "AAAAA-BBBBB", expires_at };
    return { ...plain, override: { ...override, status: "offered" } };
  };
  const overrides = new HumanOverrides({
    principal: "library",
    openDesk: () => Promise.resolve(desk),
    ask: (operation) => {
      asked.push(operation.type);
      return Promise.resolve(decide(operation));
    },
    nowMs: () => nowMs,
    nowUnixMs: () => startUnixMs + nowMs,
    pause: (ms, signal) => {
      nowMs += ms;
      for (const plan of plans.filter(({ atMs }) => atMs <= nowMs)) {
        plans.splice(plans.indexOf(plan), 1);
        plan.act();
      }
      return signal?.aborted === true ? Promise.reject(signal.reason) : Promise.resolve();
    },
  });
  return {
    desk,
    asked,
    overrides,
    at: (seconds, act) => void plans.push({ atMs: 1_000 * seconds, act }),
    now: () => nowMs / 1_000,
    check: (operation) => {
      const parsed = parseOperationInput(operation);
      const envelope = decide(parsed);
      const decision = toPolicyDecision(envelope);
      overrides.remember(decision, envelope, parsed);
      return decision;
    },
    require: (operation, decision, options) =>
      overrides.require(parseOperationInput(operation), decision, options),
  };
}

const first = "1".padStart(32, "0");
const words = (desk: AnsweringDesk) => desk.calls.map((call) => call.split(" ")[0]);

/** What the guide's example is given: the methods of TamperResistance over this world. */
function asGuard({ require, overrides }: World): Parameters<typeof runGuideOverride>[0] {
  return {
    requireHumanOverride: require,
    isOverrideValid: (id, expiresAt) => overrides.isValid(id, expiresAt),
  };
}

describe("SEED-15 the guide's override example", () => {
  it("goes on when a person has approved", async () => {
    const world = createWorld();
    world.at(3, () => world.desk.answerYes(first, "alice"));
    assertEquals(await runGuideOverride(asGuard(world)), {
      printed: ["Override approved by alice", "Valid until: 2099-01-01T00:30:00.000Z"],
      hasProceeded: true,
      reason: "Approved by alice",
    });
  });

  it("goes on with nothing when a person has denied, or nobody has answered", async () => {
    const denied = createWorld();
    denied.at(3, () => denied.desk.answerNo(first, "No"));
    const silent = createWorld();
    for (const world of [denied, silent]) {
      const { printed, hasProceeded } = await runGuideOverride(asGuard(world));
      assertEquals([printed, hasProceeded], [[], false]);
    }
    assertEquals(silent.now(), 300);
  });

  it("goes on with nothing when the approval ended before the second look", async () => {
    let looks = 0;
    const world = createWorld(undefined, (call) => {
      if (call.startsWith("isValid") && ++looks === 2) world.desk.set(first, { status: "used" });
    });
    world.at(3, () => world.desk.answerYes(first, "alice"));
    const { printed, hasProceeded } = await runGuideOverride(asGuard(world));
    assertEquals([printed.length, hasProceeded], [2, false]);
  });

  it("has every field of the guide's OverrideDecision", async () => {
    const { at, desk, overrides, require } = createWorld();
    let granted = "";
    at(3, () => granted = desk.answerYes(first, "alice"));
    const decision = await require(critical, madeByHand, { timeoutSeconds: 300 });
    assertEquals(decision, {
      approved: true,
      reason: "Approved by alice",
      overrideId: granted,
      expiresAt: new Date("2099-01-01T00:30:00Z"),
      justification: "The release needs it",
      approvedBy: "alice",
      overrideTrust: "guarded",
      requestId: first,
    });
    assertEquals(await overrides.isValid(decision.overrideId, decision.expiresAt), true);
  });
});

describe("requireHumanOverride()", () => {
  it("BIND-16 ends the request when the time is over", async () => {
    const { asked, desk, now, require } = createWorld();
    const decision = await require(critical, madeByHand, { timeoutSeconds: 20 });
    assertEquals([decision.approved, decision.reason], [false, "Override request timed out"]);
    assertEquals([decision.overrideId, decision.expiresAt], [null, null]);
    assertEquals(desk.calls.at(-1), `withdraw ${first} timeout`);
    assertEquals([asked.length, now()], [1, 20]);
    // A late approval finds nothing that is pending.
    assertEquals((await desk.status(first, "library")).status, "expired");
  });

  it("BIND-16 withdraws a request that expired before the caller's time was over", async () => {
    const { at, desk, now, require } = createWorld();
    at(5, () => desk.set(first, { status: "expired" }));
    const decision = await require(critical, madeByHand, { timeoutSeconds: 600 });
    assertEquals([decision.approved, decision.reason], [false, "Override request timed out"]);
    assertEquals(desk.calls.at(-1), `withdraw ${first} timeout`);
    assertEquals(now() < 10, true);
  });

  it("takes an approval that comes while it withdraws", async () => {
    const world = createWorld(undefined, (call) => {
      if (call.startsWith("withdraw")) world.desk.answerYes(first, "alice");
    });
    const decision = await world.require(critical, madeByHand, { timeoutSeconds: 1 });
    assertEquals([decision.approved, decision.approvedBy], [true, "alice"]);
  });

  it("says at once what a person refused, and why", async () => {
    const { at, desk, now, require } = createWorld();
    at(1, () => desk.answerNo(first, "Not on a Friday"));
    const decision = await require(critical, madeByHand);
    assertEquals([decision.approved, decision.justification], [false, "Not on a Friday"]);
    assertEquals([decision.approvedBy, decision.overrideId], [null, null]);
    assertEquals(now() < 5, true);
    assertEquals(words(desk).includes("withdraw"), false);
  });

  it("SEED-17 names as approver whom the engine knows, not what the object says", async () => {
    const { at, desk, require } = createWorld();
    at(1, () => desk.answerYes(first, null));
    const forged = { ...madeByHand, approvedBy: "root", approved: true, overrideId: first };
    const decision = await require(critical, forged);
    assertEquals([decision.approved, decision.approvedBy], [true, null]);
  });

  it("BIND-03 does not count an approval that no longer holds", async () => {
    const world = createWorld(undefined, (call) => {
      // Revoked between the two looks, as by a policy that was changed.
      if (call.startsWith("isValid")) world.desk.set(first, { status: "revoked" });
    });
    world.at(1, () => world.desk.answerYes(first, "alice"));
    const { approved, overrideId, expiresAt } = await world.require(critical, madeByHand);
    assertEquals([approved, overrideId, expiresAt], [false, null, null]);
    assertEquals(words(world.desk).at(-1), "isValid");
  });

  it("waits for the request of the decision it gave itself, without asking again", async () => {
    const { asked, at, check, desk, require } = createWorld();
    const denied = check(critical);
    at(1, () => desk.answerYes(first, "alice"));
    assertEquals((await require(critical, denied)).approved, true);
    assertEquals(asked, []);
    // And once more: the answer is the same, nobody has to approve twice.
    assertEquals((await require(critical, denied)).approved, true);
  });

  it("takes the decision that guard() throws", async () => {
    const { asked, at, check, desk, require } = createWorld();
    const error = new OperationDeniedError(check(critical) as PolicyDecision);
    assertEquals(error.hint?.includes(first), true);
    at(1, () => desk.answerYes(first, "alice"));
    assertEquals((await require(critical, error.decision)).approved, true);
    assertEquals(asked, []);
    const plain = toPolicyDecision(fakeDecision(parseOperationInput(critical)));
    assertEquals(new OperationDeniedError(plain).hint, null);
  });

  it("asks anew where the decision's own request is over", async () => {
    for (const status of ["expired", "cancelled", "used", "revoked"] as const) {
      const { asked, check, desk, require } = createWorld();
      const denied = check(critical);
      desk.set(first, { status });
      await require(critical, denied, { timeoutSeconds: 1 });
      assertEquals([status, asked.length], [status, 1]);
    }
  });

  it("BIND-01 takes no approval of one operation for another", async () => {
    const { asked, check, desk, require } = createWorld();
    const benign = check(critical);
    desk.answerYes(first, "alice");
    const other = { ...critical, affectedFiles: ["src/other.env"] };
    const mine = check(other) as PolicyDecision;
    const lies: DecisionToOverride[] = [
      benign,
      { ...benign },
      // The digest of the other operation, the request of the approved one.
      { ...mine, override: (benign as typeof mine).override },
    ];
    for (const lie of lies) {
      const decision = await require(other, lie, { timeoutSeconds: 1 });
      assertEquals([decision.approved, decision.overrideId], [false, null]);
    }
    // The last was refused without asking: that could have used a grant up.
    assertEquals(asked.length, 2);
  });

  it("BIND-12 asks anew where a made-up decision names an id nobody knows", async () => {
    const { asked, desk, require, check } = createWorld();
    const own = check(critical) as PolicyDecision;
    for (const request_id of ["f".repeat(32), "../../etc", ""]) {
      const override = { ...own.override, request_id } as typeof own.override;
      const decision = await require(critical, { ...own, override }, { timeoutSeconds: 1 });
      assertEquals(decision.approved, false);
    }
    assertEquals(asked.length, 3);
    assertEquals(desk.calls.some((call) => call.includes("etc")), false);
  });

  const refusals: readonly [string, Answer, string][] = [
    ["what is allowed", { allowed: true, decision: "allow" }, "Nothing to override: it is allowed"],
    ["what no approval lifts", { overridable: false }, "No approval lifts this"],
    ["what nobody may approve", {}, "Nobody can approve this"],
    [
      "one that asks too often",
      { override: { status: "too_many", retry_at: "2026-11-23T10:00:00Z" } },
      "Too many override requests: ask again after 2026-11-23T10:00:00Z",
    ],
  ];
  for (const [name, answer, reason] of refusals) {
    it(`opens no wait for ${name}`, async () => {
      const { desk, now, require } = createWorld(() => answer);
      const decision = await require(critical, madeByHand);
      assertEquals([decision.approved, decision.requestId], [false, null]);
      assertEquals(decision.reason.startsWith(reason), true, decision.reason);
      assertEquals([desk.calls, now()], [[], 0]);
    });
  }

  it("is not approved by a grant that asking has just used up", async () => {
    const { require } = createWorld(() => ({
      allowed: true,
      decision: "allow",
      override: {
        status: "granted",
        override_id: "e".repeat(32),
        request_id: first,
        kind: "once",
        approved_by: "alice",
        override_trust: "guarded",
        approved_until: "2099-01-01T00:00:00Z",
      },
    }));
    const decision = await require(critical, madeByHand);
    assertEquals([decision.approved, decision.overrideId], [false, null]);
  });

  it("is cancelled by its signal, with the request", async () => {
    const { at, desk, require } = createWorld();
    const controller = new AbortController();
    at(1, () => controller.abort(new RangeError("enough")));
    const { signal } = controller;
    await assertRejects(() => require(critical, madeByHand, { signal }), RangeError, "enough");
    assertEquals(desk.calls.at(-1), `withdraw ${first} cancelled`);
  });

  it("asks nothing under a signal that is aborted already", async () => {
    const { asked, desk, require } = createWorld();
    const signal = AbortSignal.abort(new RangeError("enough"));
    await assertRejects(() => require(critical, madeByHand, { signal }), RangeError);
    assertEquals([asked, desk.calls], [[], []]);
  });

  it("outlasts a server that is away, and no finding against the log", async () => {
    for (const [code, isOutlasted] of [["server_unreachable", true], ["audit_tampered", false]]) {
      let calls = 0;
      const world = createWorld(undefined, (call) => {
        if (!call.startsWith("status") || ++calls !== 2) return;
        throw new EngineError(code as "audit_tampered", "away");
      });
      world.at(5, () => world.desk.answerYes(first, "alice"));
      const answer = world.require(critical, madeByHand);
      if (isOutlasted === true) assertEquals((await answer).approved, true);
      else {
        await assertRejects(() => answer, EngineError, "away");
        assertEquals((await world.desk.status(first, null)).status, "cancelled");
      }
    }
  });

  it("looks every quarter of a second first, then every two", async () => {
    const { desk, require } = createWorld();
    await require(critical, madeByHand, { timeoutSeconds: 86_400 });
    const looks = desk.calls.filter((call) => call.startsWith("status")).length;
    // 0, 0.25, 0.75, 1.75, then every 2 s.
    assertEquals(Math.abs(looks - 43_203) <= 2, true, `${looks}`);
  });

  it("looks as often as the caller wants", async () => {
    const { desk, require } = createWorld();
    await require(critical, madeByHand, { timeoutSeconds: 10, pollMs: 1_000 });
    assertEquals(desk.calls.filter((call) => call.startsWith("status")).length, 11);
  });

  it("refuses times that are none", async () => {
    const { asked, desk, require } = createWorld();
    const unfit: readonly object[] = [
      ...[0, -1, 0.5, 86_401, NaN, Infinity, "300", null].map((timeoutSeconds) => ({
        timeoutSeconds,
      })),
      ...[0, 9, 60_001, NaN, "250", null].map((pollMs) => ({ pollMs })),
    ];
    for (const options of unfit) {
      const refused = () => require(critical, madeByHand, options as HumanOverrideOptions);
      assertEquals((await assertRejects(refused, EngineError)).code, "usage");
    }
    assertEquals([asked, desk.calls], [[], []]);
  });

  it("does not approve a grant whose end cannot be read", async () => {
    for (const approved_until of [null, "never", "9999-99-99"]) {
      const { at, desk, require } = createWorld();
      at(1, () => {
        desk.answerYes(first, "alice");
        desk.set(first, { approved_until });
      });
      const { approved, overrideId, expiresAt } = await require(critical, madeByHand);
      assertEquals([approved, overrideId, expiresAt], [false, null, null]);
    }
  });
});

describe("isOverrideValid()", () => {
  const future = new Date(startUnixMs + 1e12);
  it("BIND-03 SEED-08 knows no made-up id, whatever expiry comes with it", async () => {
    const { desk, overrides } = createWorld();
    for (const id of ["made-up-id", "", "f".repeat(32), "F".repeat(32), null]) {
      assertEquals(await overrides.isValid(id, future), false, String(id));
      assertEquals(await overrides.isValid(id), false, String(id));
    }
    // What is no id is not even asked for.
    assertEquals(desk.calls, Array(2).fill(`isValid ${"f".repeat(32)}`));
  });

  it("BIND-03 lets the caller's expiry only narrow", async () => {
    const { desk, overrides } = createWorld();
    const grant = desk.answerYes(desk.open("library"), "alice");
    assertEquals(await overrides.isValid(grant), true);
    assertEquals(await overrides.isValid(grant, future), true);
    for (const over of [new Date(startUnixMs), new Date(0), new Date(NaN), null, "9999", 1e15]) {
      assertEquals(await overrides.isValid(grant, over as Date), false, String(over));
    }
    desk.set(first, { status: "revoked" });
    assertEquals(await overrides.isValid(grant, future), false);
  });

  it("is false for another principal's grant", async () => {
    const { desk, overrides } = createWorld();
    const grant = desk.answerYes(desk.open("token:agent"), "alice");
    assertEquals(await overrides.isValid(grant), false);
  });
});

describe("pause()", () => {
  it("ends with its time, or with its signal's reason", async () => {
    await pause(1, null);
    const controller = new AbortController();
    const waiting = pause(60_000, controller.signal);
    controller.abort(new RangeError("enough"));
    await assertRejects(() => waiting, RangeError);
    await assertRejects(() => pause(60_000, AbortSignal.abort(new RangeError("x"))), RangeError);
  });
});
