/**
 * An Engine without disk or log that remembers what it was asked: a test of a guard asserts that
 * nothing was.
 */
import type { Alarm } from "../../src/core/audit/alarm.ts";
import type { Entry } from "../../src/core/audit/entry.ts";
import type { SandboxStatus } from "../../src/core/check/sandbox_port.ts";
import type { Decision, Verdict } from "../../src/core/decision/decision.ts";
import { operationDigest } from "../../src/core/operation/operation_digest.ts";
import { EngineError } from "../../src/core/errors.ts";
import type { Operation } from "../../src/core/operation/operation.ts";
import type { EventFilter } from "../../src/core/audit/event_filter.ts";
import type { LogReport } from "../../src/core/audit/log_report.ts";
import type { Engine, PolicyStatus } from "../../src/pdp.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { createFakeDesk, type FakeDesk, type FakeDeskOptions } from "./fake_request_desk.ts";

export interface FakeEngineOptions {
  /** Default: `deny` for files whose name contains `.env`, else `allow`. */
  readonly decide?: (operation: Operation) => Verdict;
  readonly policyStatus?: PolicyStatus["status"];
  /** Thrown by every method. */
  readonly failure?: unknown;
  /** Awaited by check() before it answers. */
  readonly gate?: Promise<void>;
  readonly desk?: FakeDeskOptions;
  /** Of the policy. */
  readonly processChecks?: number;
  /** Of the app's; null is no sandbox. */
  readonly sandbox?: SandboxStatus | null;
}

export interface FakeEngine extends Engine {
  readonly overrides: FakeDesk;
  /** One word per call, in order, e.g. `check token:agent file_write`. */
  readonly calls: readonly string[];
  readonly filters: readonly EventFilter[];
}

export function createFakeEngine(options: FakeEngineOptions = {}): FakeEngine {
  const calls: string[] = [];
  const filters: EventFilter[] = [];
  const note = (call: string): void => {
    calls.push(call);
    if (options.failure !== undefined) throw options.failure;
  };
  const refuseExplaining = async (call: string): Promise<never> => {
    await Promise.resolve(note(call));
    throw new EngineError("internal", "the fake explains nothing");
  };
  return {
    calls,
    filters,
    overrides: createFakeDesk(note, options.desk),
    check: async (operations, principal, { unmeasured, expectsOutcome = false } = {}) => {
      const strictly = unmeasured === "unverified" ? " unverified" : "";
      const promise = expectsOutcome ? " expecting an outcome" : "";
      const types = operations.map(({ type }) => type).join(",");
      note(`check ${principal} ${types}${strictly}${promise}`);
      await options.gate;
      return operations.map((operation) => fakeDecision(operation, options));
    },
    verifyPolicy: async () => {
      await Promise.resolve(note("verifyPolicy"));
      return { ...fakePolicyStatus(options.policyStatus ?? "trusted"), ...checksOf(options) };
    },
    readEvents: async (filter) => {
      await Promise.resolve(note("readEvents"));
      filters.push(filter);
      return [fakeEntry];
    },
    streamEvents: async (filter) => {
      await Promise.resolve(note("streamEvents"));
      filters.push(filter);
      return { encoded: {}, entries: fakeStream([fakeEntry]) };
    },
    followEvents: async (filter) => {
      await Promise.resolve(note("followEvents"));
      filters.push(filter);
      return { readNew: () => Promise.resolve([fakeEntry]) };
    },
    exportEvents: async ({ filter, as, to }, principal) => {
      await Promise.resolve(note(`exportEvents ${principal} ${as} ${to}`));
      filters.push(filter);
      const receipt = { seq: 1, mac: fakeEntry.mac, at: fakeEntry.at };
      return { rows: 0, receipt, entries: fakeStream([]) };
    },
    verifyLog: async () => {
      await Promise.resolve(note("verifyLog"));
      return fakeReport;
    },
    explain: (operation, principal) => refuseExplaining(`explain ${principal} ${operation.type}`),
    explainEntry: (seq) => refuseExplaining(`explainEntry ${seq}`),
    replay: async function* ({ first, last }) {
      await Promise.resolve(note(`replay ${first}..${last}`));
      yield { seq: first, status: "agrees", decision: "allow", engine: null };
    },
    backtest: async function* ({ first, last }, { digest }) {
      await Promise.resolve(note(`backtest ${first}..${last} ${digest}`));
      yield { entry: fakeEntry, result: null };
    },
    recordEvent: async () => {
      await Promise.resolve(note("recordEvent"));
      return { seq: 1, mac: fakeEntry.mac, at: fakeEntry.at };
    },
    recordOutcome: async (outcome, principal) => {
      await Promise.resolve(note(`recordOutcome ${principal} ${JSON.stringify(outcome)}`));
      return { decision_seq: 17, alarms: [] };
    },
    settle: async (settlement, principal) => {
      await Promise.resolve(note(`settle ${principal} ${JSON.stringify(settlement)}`));
      return [fakeAlarm];
    },
    observeProtected: async (principal, options = {}) => {
      await Promise.resolve(note(`observeProtected ${principal} ${options.reach ?? "whole"}`));
      return { alarms: [], is_whole: true };
    },
  };
}

async function* fakeStream(entries: readonly Entry[]): AsyncGenerator<Entry, void> {
  await Promise.resolve();
  yield* entries;
}

/** A whole, consistent decision about `operation`. */
export function fakeDecision(operation: Operation, options: FakeEngineOptions = {}): Decision {
  const verdict = (options.decide ?? denyEnv)(operation);
  const violations = verdict === "allow" ? [] : [
    {
      policy: "protected.files",
      code: "path_protected",
      severity: "HIGH",
      message: `${operation.affectedFiles[0] ?? "nothing"} is protected`,
    } as const,
  ];
  return {
    schema_version: 1,
    decision_id: "0192f0c1-0000-7000-8000-000000000001",
    decision: verdict,
    allowed: verdict === "allow",
    overridable: true,
    reason: violations[0]?.message ?? "Nothing speaks against it",
    severity: "HIGH",
    violated_policies: violations.map(({ policy }) => policy),
    violations,
    unmeasured: [],
    operation_digest: operationDigest(operation, sha256),
    policy_digest: `sha256:${"1".repeat(64)}`,
    state_digest: `sha256:${"2".repeat(64)}`,
    policy_trust: "accepted",
    attestation: "guarded",
    mode: "enforce",
    audit: { seq: 17, mac: "3".repeat(64) },
    elapsed_us: 184,
  };
}

function denyEnv(operation: Operation): Verdict {
  return operation.affectedFiles.some((file) => file.includes(".env")) ? "deny" : "allow";
}

function fakePolicyStatus(status: PolicyStatus["status"]): PolicyStatus {
  const digest = `sha256:${"1".repeat(64)}`;
  return {
    status,
    policy_digest: digest,
    accepted_digest: digest,
    policy_trust: "accepted",
    mode: "enforce",
    message: "The policy is the accepted one",
  };
}

const fakeEntry: Entry = {
  version: 1,
  seq: 0,
  key: "00000000.0",
  at: "2026-11-22T18:00:00.000000Z",
  prev: "0".repeat(64),
  mac: "3".repeat(64),
  type: "audit.genesis",
  severity: "LOW",
  details: {},
};

export const fakeAlarm: Alarm = {
  kind: "allow_without_outcome",
  severity: "MEDIUM",
  message: "Never reported",
  decision_seq: 17,
  seq: 18,
};

const fakeReport: LogReport = {
  verdict: "OK",
  entries: 1,
  first_seq: 0,
  head_seq: 0,
  head_mac: fakeEntry.mac,
  segments: 1,
  segment: null,
  seq: null,
  offset: null,
  kind: null,
  anchors: 1,
  unverifiable: [],
  clock_back: { count: 0, first_seq: null },
  message: "Intact",
};

function checksOf({ processChecks }: FakeEngineOptions): Pick<PolicyStatus, "process_checks"> {
  return processChecks === undefined ? {} : { process_checks: processChecks };
}
