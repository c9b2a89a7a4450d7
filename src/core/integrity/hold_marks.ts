/**
 * Are the files of a trusted policy the ones, and as closed, as a human left them? Bytes are
 * trust.ts's question. policy/SPEC.md, "On the disk".
 *
 * @module
 */
import type { NewEvent } from "../audit/entry.ts";
import { policyFilesTypes } from "../audit/policy_files_state.ts";
import type { EngineState } from "../audit/state.ts";
import type { JsonObject } from "../operation/operation.ts";
import type { PolicyMarks } from "./policy_marks.ts";
import { compareMarks } from "./policy_marks.ts";
import type { Trust } from "./trust.ts";

/** Paths a message names. */
const maxNamed = 4;

/**
 * Takes trust away from files that others may write now, or that are not as they were locked.
 *
 * @param trust Of the bytes.
 * @param marks Null where nobody looked: then nothing is held.
 */
export function holdMarks(trust: Trust, marks: PolicyMarks | null, state: EngineState): Trust {
  if (trust.status !== "trusted" || marks === null) return trust;
  const fault = lockFault(marks, state, trust.policyDigest) ?? looseFault(marks, state);
  if (fault === null) return trust;
  return { status: "tampered", policyDigest: trust.policyDigest, ...fault };
}

function lockFault(
  marks: PolicyMarks,
  { locked }: EngineState,
  policyDigest: string,
): Pick<Trust, "message" | "changed"> | null {
  if (locked === null || locked.policy_digest !== policyDigest) return null;
  const hasMoved = hasOtherDevice(locked.policy, marks.policy);
  if (marks.fixed === locked.fixed && !hasMoved) return null;
  const changed = marks.writable.slice(0, maxNamed);
  const how = changed.length > 0
    ? `may be written again: ${changed.join(", ")}`
    : "are other files, or belong to somebody else";
  const message = `The policy was locked, and its files ${how}. Its text is unchanged: look who ` +
    "did it, then run `sealward policy lock` or `sealward policy unlock`";
  return { message, changed };
}

/**
 * Numbers of devices change with a restart; a mount of something else brings other times as well.
 */
function hasOtherDevice(before: string, after: string): boolean {
  const changes = compareMarks(before, after);
  return changes.includes("identity") && changes.includes("times");
}

/** SECURITY: what was closed when it was trusted and is open now was opened for somebody. */
function looseFault(
  { loose }: PolicyMarks,
  { accepted }: EngineState,
): Pick<Trust, "message" | "changed"> | null {
  if (loose.length === 0 || accepted?.is_loose === true) return null;
  const changed = loose.slice(0, maxNamed);
  const message = `Others than its owner may write the policy (${changed.join(", ")}), which was ` +
    "not so when it was trusted: run `chmod go-w` on it, or review and accept it again";
  return { message, changed };
}

/** What an entry that trusts a policy says of its files. */
export function markDetails(marks: PolicyMarks | undefined): JsonObject {
  if (marks === undefined) return {};
  const isLoose = marks.loose.length > 0;
  return { seen: marks.seen, policy_mark: marks.policy, ...(isLoose ? { is_loose: true } : {}) };
}

/**
 * The entry that the files of a trusted policy were touched: replaced by equal bytes, another mode
 * or owner, or written and put back. One per change; none before anything was recorded.
 */
export function touchEvents(
  trust: Trust,
  marks: PolicyMarks | null,
  { sighted }: EngineState,
): readonly NewEvent[] {
  if (trust.status !== "trusted" || marks === null || sighted === null) return [];
  if (sighted.seen === marks.seen) return [];
  const all = compareMarks(sighted.policy, marks.policy);
  // Times move with everything else: by themselves they say that it was written and put back.
  const others = all.filter((one) => one !== "times");
  const what = others.length > 0 ? others : all.length > 0 ? all : ["other files"];
  const details = {
    policy_digest: trust.policyDigest,
    what,
    previous_mark: sighted.policy,
    seen: marks.seen,
    policy_mark: marks.policy,
  };
  const severity = others.length === 0 ? "MEDIUM" : "HIGH";
  return [{ type: policyFilesTypes.touched, severity, details }];
}
