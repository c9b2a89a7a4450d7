import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { toAlarms } from "../../../src/core/audit/alarm.ts";
import { encodeDetails } from "../../../src/core/audit/details.ts";
import { planOutcome, planSettlement } from "../../../src/core/audit/outcome.ts";
import { parseOutcome, parseSettlement } from "../../../src/core/audit/parse_outcome.ts";
import { emptyState } from "../../../src/core/audit/state.ts";
import { sessionKey } from "../../../src/core/audit/outcome_key.ts";
import { EngineError } from "../../../src/core/errors.ts";
import { planWatch } from "../../../src/core/integrity/plan_watch.ts";
import { maxDetailsBytes, maxKeptOutcomes, maxLabelCharacters } from "../../../src/core/limits.ts";
import { sha256 } from "../../support/audit_log.ts";

const units = ["a", '"', "\\", "\u65e5", "\ud83d\ude00"];
const fits = (details: unknown) => assert(encodeDetails(details).length <= maxDetailsBytes);

describe("planOutcome() and planSettlement()", () => {
  it("INV-3 fit their entries whatever the names are", () => {
    for (const unit of units) {
      const label = unit.repeat(maxLabelCharacters / unit.length);
      const outcome = {
        correlationId: label,
        session: label,
        tool: label,
        status: "done",
      } as const;
      const plan = planOutcome(outcome, "uid:1", { state: emptyState, sha256 });
      for (const { details } of [plan.event, ...plan.alarms]) fits(details);
      const session = sessionKey(label, sha256);
      const pending = Array.from({ length: maxKeptOutcomes }, (_, seq) => ({
        seq,
        correlation: "f".repeat(16),
        session,
      }));
      const state = { ...emptyState, pending, pending_lost: 2 ** 40 };
      const settlement = { session: label, reason: label };
      const alarms = planSettlement(settlement, "uid:1", { state, sha256 });
      assertEquals(alarms.length, maxKeptOutcomes + 1);
      for (const { details } of alarms) fits(details);
    }
  });

  it("say in the alarm that the decision may have been too old to be kept", () => {
    const outcome = { correlationId: "a", session: null, tool: null, status: "done" } as const;
    const messageAt = (lost: number) => {
      const state = { ...emptyState, pending_lost: lost };
      return planOutcome(outcome, "uid:1", { state, sha256 }).alarms[0]?.details.message;
    };
    assertEquals(messageAt(0)?.includes("too old"), false);
    assertEquals(messageAt(2)?.includes("one of 2 too old"), true);
  });
});

describe("planWatch()", () => {
  const finding = {
    digest: "f".repeat(64),
    count: 2 ** 40,
    policyDigest: `sha256:${"f".repeat(64)}`,
    isWhole: true,
    isBlocked: false,
    isListLost: false,
    changes: [],
    unexplained: [],
    principal: "token:operator",
  };
  const record = {
    digest: finding.digest,
    seq: 1,
    policy_digest: finding.policyDigest,
    is_whole: true,
    is_blocked: false,
  };

  it("INV-3 fits its entries whatever files are called, and however many there are", () => {
    for (const unit of [...units, "\u0001"]) {
      const path = unit.repeat(4_096 / unit.length);
      const changes = Array(500).fill({ path, what: "changed" });
      const { alarms, events } = planWatch({ ...finding, changes, unexplained: changes }, record);
      for (const { details } of [...alarms, ...events]) fits(details);
    }
  });

  it("records nothing while nothing is new", () => {
    assertEquals(planWatch(finding, record), { alarms: [], events: [] });
    assertEquals(planWatch(finding, null).events.length, 1);
    const rows = [
      { ...finding, digest: "e".repeat(64) },
      { ...finding, policyDigest: null },
      { ...finding, isWhole: false },
    ];
    for (const row of rows) assertEquals(planWatch(row, record).events.length, 1);
  });

  it("says once that it is blocked", () => {
    const blocked = { ...finding, isWhole: false, isBlocked: true };
    const kinds = (before: typeof record | null) =>
      planWatch(blocked, before).alarms.map(({ details }) => details.kind);
    assertEquals(kinds(record), ["watch_incomplete"]);
    assertEquals(kinds(null), ["watch_incomplete"]);
    assertEquals(kinds({ ...record, is_whole: false }), ["watch_incomplete"]);
    const known = { ...record, is_whole: false, is_blocked: true };
    assertEquals(kinds(known), []);
    assertEquals(planWatch(blocked, known).events, []);
  });
});

describe("toAlarms()", () => {
  it("shows where each alarm stands in the log", () => {
    const { alarms } = planOutcome(
      { correlationId: "a", session: null, tool: null, status: "failed" },
      "uid:1",
      { state: emptyState, sha256 },
    );
    const [alarm] = toAlarms(alarms, [{ seq: 9, mac: "", at: "" }, { seq: 10, mac: "", at: "" }]);
    assertEquals([alarm?.seq, alarm?.severity, alarm?.decision_seq], [9, "HIGH", undefined]);
  });
});

describe("parseOutcome() and parseSettlement()", () => {
  it("take what is whole", () => {
    assertEquals(parseOutcome({ correlation_id: "a", status: "failed" }), {
      correlationId: "a",
      session: null,
      tool: null,
      status: "failed",
    });
    assertEquals(parseSettlement({ session: "s" }), { session: "s", reason: null });
    assertEquals(parseSettlement({ session: null, reason: "stop" }).session, null);
  });

  it("refuse everything else", () => {
    const outcomes = [null, 1, "x", [], {}, { status: "done" }, { correlation_id: "a" }];
    for (const bad of outcomes) assertThrows(() => parseOutcome(bad), EngineError);
    for (const bad of [null, [], {}, { reason: "stop" }, { session: 1 }, { session: "" }]) {
      assertThrows(() => parseSettlement(bad), EngineError);
    }
  });
});
