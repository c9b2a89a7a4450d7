/**
 * Is the policy on disk the one a human trusts? Hashes decide; nothing is parsed here.
 *
 * @module
 */
import type { NewEvent } from "../audit/entry.ts";
import { type EngineState, stateTypes } from "../audit/state.ts";
import { type EngineError, oneLine } from "../errors.ts";
import type { PolicySnapshot } from "./policy_snapshot.ts";

/** The comparison of one snapshot with the state of the log. */
export interface Trust {
  readonly status: "trusted" | "unaccepted" | "tampered";
  /** Digest of what is on disk; `unreadable` when it cannot be read. */
  readonly policyDigest: string;
  /** One sentence for people. */
  readonly message: string;
  /** Inputs that differ from the accepted ones, sorted. */
  readonly changed: readonly string[];
  /** Trusted by a signature; else by a human's acceptance. */
  readonly isSigned?: true;
}

/** What stands for a digest when the policy could not even be read. */
export const unreadableDigest = "unreadable";

/**
 * Compares a snapshot, or the failure to read one, with what was accepted: where no key is trusted.
 * Where one is, judge_trust.ts answers.
 *
 * @returns `tampered` as soon as anything was accepted before and this is something else, a policy
 *   that vanished or cannot be read included.
 */
export function compareTrust(found: PolicySnapshot | EngineError, state: EngineState): Trust {
  const isRead = "digest" in found;
  const policyDigest = isRead ? found.digest : unreadableDigest;
  if (state.accepted === null) {
    return {
      status: "unaccepted",
      policyDigest,
      message: "No human has accepted this policy: run `sealward policy accept`",
      changed: [],
    };
  }
  if (state.signed?.seq === state.accepted.seq) {
    const message = "The policy here was signed, and no key is trusted on this host any more: " +
      "restore the trusted keys, or review it and run `sealward policy accept`";
    return { status: "tampered", policyDigest, message, changed: [] };
  }
  if (policyDigest === state.accepted.policy_digest) {
    return { status: "trusted", policyDigest, message: "The accepted policy", changed: [] };
  }
  const changed = isRead ? changedInputs(found, state) : [];
  const what = isRead ? `changed: ${changed.join(", ")}` : found.message;
  return {
    status: "tampered",
    policyDigest,
    message: `The policy is not the accepted one (${what}): restore it, or review it and run ` +
      "`sealward policy accept`",
    changed,
  };
}

function changedInputs(found: PolicySnapshot, state: EngineState): readonly string[] {
  const before = new Map(state.accepted?.inputs.map(({ path, sha256 }) => [path, sha256]));
  const after = new Map(found.inputs.map(({ path, sha256 }) => [path, sha256]));
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path)).sort();
}

/** Names an entry quotes; each is cut, or a line of long names would not fit and not be written. */
const maxNamed = 8;
const maxMessage = 400;

function cut(path: string): string {
  return oneLine(path, 64);
}

/**
 * The entry a change of trust leaves: one per transition, none while nothing changes.
 */
export function trustEvents(trust: Trust, state: EngineState): readonly NewEvent[] {
  if (trust.status === "tampered" && state.tamper?.policy_digest !== trust.policyDigest) {
    return [{
      type: stateTypes.tampered,
      severity: "CRITICAL",
      details: {
        policy_digest: trust.policyDigest,
        accepted_digest: state.accepted?.policy_digest ?? null,
        changed: trust.changed.slice(0, maxNamed).map(cut),
        message: oneLine(trust.message, maxMessage),
      },
    }];
  }
  if (trust.status === "trusted" && state.tamper !== null) {
    return [{
      type: stateTypes.restored,
      severity: "HIGH",
      details: { policy_digest: trust.policyDigest, denied: state.tamper.denied },
    }];
  }
  return [];
}
