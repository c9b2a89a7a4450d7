import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { outcomeKey, pathKey } from "../../../src/core/audit/outcome_key.ts";
import { emptyState, type EngineState, foldState } from "../../../src/core/audit/state.ts";
import { restoreState } from "../../../src/core/audit/state.ts";
import { maxKeptOutcomes } from "../../../src/core/limits.ts";
import type { JsonObject } from "../../../src/core/operation/operation.ts";
import { sha256 } from "../../support/audit_log.ts";
import { entryOf } from "../../support/outcome_entries.ts";

const keyA = outcomeKey("a", "s", sha256);
const pair = { ...keyA };
const allowA = { decision: "allow", expects_outcome: true, pair };

const fold = (...entries: readonly (readonly [string, JsonObject])[]): EngineState =>
  entries.reduce((state, [type, details], seq) => foldState(state, entryOf(seq, type, details)), {
    ...emptyState,
  });
const decision = (details: JsonObject) => ["audit.decision", details] as const;

describe("outcomeKey()", () => {
  it("is hex of fixed length, and another one for another id or session", () => {
    assertEquals(keyA, { correlation: "ca978112ca1bbdca", session: "043a7187" });
    const all = [
      ["a", "s"],
      ["b", "s"],
      ["a", "t"],
      ["a", null],
      ["a".repeat(256), "s"],
      [`${"a".repeat(255)}b`, "s"],
    ] as const;
    const keys = all.map(([id, session]) => Object.values(outcomeKey(id, session, sha256)).join());
    assertEquals(new Set(keys).size, all.length);
    for (const key of keys) assertEquals(/^[0-9a-f]{16},[0-9a-f]{8}$/.test(key), true);
    assertEquals(pathKey("a", sha256), keyA.correlation);
  });
});

describe("foldState() of outcomes", () => {
  it("waits for what was allowed and promised, and for nothing else", () => {
    const { pending, refused } = fold(
      decision(allowA),
      decision({ decision: "allow", pair }),
      decision({ decision: "allow", expects_outcome: true }),
      decision({ decision: "deny", pair }),
      decision({ decision: "ask", pair }),
      decision({ decision: "deny" }),
      ["NOTE", allowA],
    );
    assertEquals(pending, [{ seq: 0, ...keyA }]);
    assertEquals(refused, [
      { seq: 3, ...keyA, verdict: "deny" },
      { seq: 4, ...keyA, verdict: "ask" },
    ]);
  });

  it("ends the wait by an outcome or an alarm about that very decision", () => {
    const alarm = { kind: "allow_without_outcome", decision_seq: 1 };
    const state = fold(
      decision(allowA),
      decision(allowA),
      decision(allowA),
      ["audit.outcome", { decision_seq: 0 }],
      ["audit.alarm", alarm],
      ["audit.outcome", { decision_seq: null }],
      ["audit.alarm", { kind: "outcome_without_decision", decision_seq: 2 }],
      ["audit.outcome", { decision_seq: 7 }],
    );
    assertEquals(state.pending, [{ seq: 2, ...keyA }]);
  });

  it("keeps n, drops the oldest and counts it", () => {
    for (const extra of [-1, 0, 1]) {
      const count = maxKeptOutcomes + extra;
      const state = fold(...Array(count).fill(decision(allowA)));
      assertEquals(state.pending.length, Math.min(count, maxKeptOutcomes));
      assertEquals(state.pending.at(-1)?.seq, count - 1);
      assertEquals(state.pending_lost, Math.max(0, extra));
      const refusals = fold(...Array(count).fill(decision({ decision: "deny", pair })));
      assertEquals(refusals.refused.length, Math.min(count, maxKeptOutcomes));
      assertEquals(refusals.refused.at(-1)?.seq, count - 1);
      const touches = fold(
        ...Array(count).fill(decision({ decision: "allow", touches: ["x"] })),
      );
      assertEquals(touches.touched.length, Math.min(count, maxKeptOutcomes));
    }
    const flood = Array(maxKeptOutcomes + 3).fill(decision(allowA));
    assertEquals(fold(...flood, ["audit.alarm", { kind: "outcomes_lost" }]).pending_lost, 0);
  });

  it("counts what was asked as touched only once a human was seen to agree", () => {
    const ask = decision({ decision: "ask", pair, touches: ["p"] });
    assertEquals(fold(ask).touched, [{ seq: 0, path: "p", is_asked: true }]);
    const agreed = ["audit.outcome", { decision_seq: 0, asked: true }] as const;
    assertEquals(fold(ask, agreed).touched, [{ seq: 0, path: "p", is_asked: false }]);
    assertEquals(fold(decision({ decision: "deny", touches: ["p"] })).touched, []);
  });

  it("forgets what was touched at a record, unless it may still happen", () => {
    const digest = "0".repeat(64);
    const record = ["audit.protected", {
      digest,
      policy_digest: "sha256:x",
      is_whole: true,
    }] as const;
    const state = fold(
      decision({ decision: "allow", touches: ["gone"] }),
      decision({ ...allowA, touches: ["open"] }),
      decision({ decision: "ask", pair, touches: ["asked"] }),
      record,
    );
    assertEquals(state.touched.map(({ path }) => path), ["open", "asked"]);
    assertEquals(state.watched, {
      digest,
      seq: 3,
      policy_digest: "sha256:x",
      is_whole: true,
      is_blocked: false,
    });
  });

  it("is total: details of another shape change nothing but what they can", () => {
    const odd: readonly JsonObject[] = [
      {},
      { decision: "allow", expects_outcome: true, pair: null },
      { decision: "allow", expects_outcome: true, pair: [] },
      { decision: "allow", expects_outcome: true, pair: { correlation: 1, session: "s" } },
      { decision: "allow", touches: "x" },
      { decision: "allow", touches: [1, null] },
      { decision: "other", pair },
    ];
    for (const details of odd) assertEquals(fold(decision(details)), emptyState);
    for (const type of ["audit.outcome", "audit.alarm"]) {
      assertEquals(fold([type, {}]), emptyState);
    }
  });
});

describe("restoreState()", () => {
  it("reads a snapshot from before outcomes were known as one without any", () => {
    const old = { version: 1, accepted: null, tamper: null };
    assertEquals(restoreState(old), emptyState);
    const tamper = { policy_digest: "sha256:x", since_seq: 3, denied: 1 };
    assertEquals(restoreState({ ...old, tamper }), { ...emptyState, tamper });
    assertEquals(restoreState({ ...old, version: 2 }), null);
  });

  it("reads what it would write", () => {
    const state = fold(
      decision({ ...allowA, touches: ["p"] }),
      decision({ decision: "deny", pair }),
    );
    assertEquals(restoreState(JSON.parse(JSON.stringify(state))), state);
  });
});
