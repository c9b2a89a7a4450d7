/**
 * Judges a policy test as the engine would judge the operation, on a state that begins empty. No
 * entry is written: what earlier operations leave behind is folded from the entries they would make.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import type { Entry, NewEvent } from "../audit/entry.ts";
import { emptyState, type EngineState, foldState } from "../audit/state.ts";
import { type Bench, type Judged, judgeOperations } from "../decision/judge_operations.ts";
import { reasonOf } from "../decision/encode_decision.ts";
import { Memory } from "../decision/memory.ts";
import { recordDecisions } from "../decision/record_decisions.ts";
import type { Finding, Judgement, Verdict } from "../decision/decision.ts";
import type { Policy } from "../policy/policy.ts";
import type { Disk, Sha256 } from "../ports.ts";
import { createPretendDisk } from "./pretend_disk.ts";
import type { AskedOperation, Expectation, TestCase } from "./test_case.ts";

/** What every case is judged with. */
export interface TestBench
  extends Pick<Bench, "createPlanner" | "toolReader" | "measureComplexity" | "runCheck"> {
  readonly policy: Policy;
  readonly policyDigest: string;
  /** The disk as it is. */
  readonly disk: Disk;
  readonly sha256: Sha256;
}

/** What is not as the test wants it. */
export interface Mismatch {
  readonly member: "decision" | "violated_policies" | "would_deny" | "overridable" | "message";
  readonly wanted: string;
  readonly got: string;
}

export interface CaseResult {
  readonly test: TestCase;
  readonly decision: Verdict;
  /** Sorted. */
  readonly violatedPolicies: readonly string[];
  readonly wouldDeny: boolean;
  readonly overridable: boolean;
  readonly reason: string;
  readonly findings: readonly Finding[];
  /** None: it passes. */
  readonly mismatches: readonly Mismatch[];
  readonly judged: Judged;
}

/** Runs one case; the caller has loaded all programs (see loadPrograms). */
export function runCase(test: TestCase, bench: TestBench): CaseResult {
  const disk = test.files === null ? bench.disk : createPretendDisk(test.files, bench.disk);
  const on = { ...bench, disk };
  let state: EngineState = emptyState;
  test.earlier.forEach((asked, index) => {
    state = foldState(state, entryOf(index, record(judge(asked, on, state), on)));
  });
  const judged = judge(test, on, state, test.unmeasured);
  const { judgement } = judged;
  const policies = [...new Set(judgement.findings.map(({ policy }) => policy))].sort();
  const result = {
    test,
    decision: judgement.verdict,
    violatedPolicies: policies,
    wouldDeny: judgement.wouldDeny,
    overridable: judgement.overridable,
    reason: reasonOf(judgement),
    findings: judgement.findings,
    judged,
  };
  return { ...result, mismatches: compare(test.expect, result, judgement) };
}

const zeros = `sha256:${"0".repeat(64)}`;

function judge(
  { operation, principal }: AskedOperation,
  { policyDigest, ...bench }: TestBench,
  state: EngineState,
  unmeasured: TestCase["unmeasured"] = "listed",
): Judged {
  const [judged] = judgeOperations([operation], principal, {
    ...bench,
    trust: { status: "trusted", policyDigest, message: "", changed: [] },
    stateDigest: zeros,
    attestation: "same_uid",
    written: new Set(state.written),
    denials: state.denials,
    tool_pins: state.tool_pins,
    memory: new Memory(state.counted, 0),
    randomBytes: (count) => new Uint8Array(count),
    unmeasured,
  });
  // INVARIANT: one operation, one judgement.
  return judged as Judged;
}

function record(judged: Judged, { sha256 }: TestBench): NewEvent {
  const [event] = recordDecisions([{ ...judged, options: {} }], {
    sha256,
    keep: (bytes) => encodeHex(sha256(bytes)),
    proves: () => true,
  });
  return event as NewEvent;
}

/** An entry nobody writes: chained to nothing, at a moment that is no moment. */
function entryOf(seq: number, event: NewEvent): Entry {
  const hex = "0".repeat(64);
  const at = "1970-01-01T00:00:00.000000Z";
  return { version: 1, seq, key: "00000000.0", at, prev: hex, mac: hex, ...event };
}

function compare(
  expect: Expectation,
  got: Pick<CaseResult, "decision" | "violatedPolicies" | "wouldDeny" | "overridable" | "reason">,
  { findings, notices }: Judgement,
): readonly Mismatch[] {
  const pairs: readonly (readonly [Mismatch["member"], string, string])[] = [
    ["decision", expect.decision, got.decision],
    ["violated_policies", namesOf(expect.violatedPolicies), namesOf(got.violatedPolicies)],
    ...(expect.wouldDeny === null
      ? []
      : [["would_deny", String(expect.wouldDeny), String(got.wouldDeny)] as const]),
    ...(expect.overridable === null
      ? []
      : [["overridable", String(expect.overridable), String(got.overridable)] as const]),
  ];
  const found = pairs.filter(([, wanted, is]) => wanted !== is)
    .map(([member, wanted, is]): Mismatch => ({ member, wanted, got: is }));
  const texts = [got.reason, ...findings.map(({ message }) => message), ...notices];
  const wanted = expect.message;
  if (wanted === null || texts.some((text) => text.includes(wanted))) return found;
  return [...found, { member: "message", wanted, got: got.reason }];
}

function namesOf(policies: readonly string[]): string {
  return policies.length === 0 ? "none" : policies.join(", ");
}
