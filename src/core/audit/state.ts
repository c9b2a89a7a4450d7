/**
 * What the log means: the engine's whole memory, folded from verified entries of reserved types.
 * Nothing else carries state.
 *
 * @module
 */
import type { JsonObject } from "../operation/operation.ts";
import type { Entry } from "./entry.ts";
import {
  type DenialState,
  emptyDenials,
  foldDenial,
  foldSessionEnd,
  sessionEndedType,
} from "./denial_state.ts";
import { emptyToolPins, foldToolPins, type ToolPinState } from "./tool_pin_state.ts";
import { emptyWritten, foldWritten, type WrittenState } from "./written_state.ts";
import { type BudgetState, emptyBudgets, foldAgreed, foldBudgets } from "./budget_state.ts";
import {
  endOtherPolicies,
  endSessionGrants,
  foldOverride,
  foldOverrideEntry,
} from "./fold_override.ts";
import { emptyOverrides, type OverrideState } from "./override_state.ts";
import {
  emptyOutcomes,
  foldDecision,
  foldOutcome,
  type OutcomeState,
  outcomeTypes,
} from "./outcome_state.ts";
import {
  emptyPolicyFiles,
  foldPolicyFiles,
  type PolicyFilesState,
  policyFilesTypes,
} from "./policy_files_state.ts";
import { emptySigned, signedOf, type SignedState } from "./signed_state.ts";
import {
  emptyWeakened,
  foldWeakened,
  type WeakenedState,
  weakenedTypes,
} from "./weakened_state.ts";

/** One policy input as trusted: path relative to the root, SHA-256 in hex. */
export interface PolicyInput {
  readonly path: string;
  readonly sha256: string;
}

/** Keys are sorted and the object is plain JSON: its canonical form is hashed. */
export interface EngineState
  extends
    BudgetState,
    DenialState,
    OutcomeState,
    OverrideState,
    PolicyFilesState,
    SignedState,
    ToolPinState,
    WeakenedState,
    WrittenState {
  readonly version: 1;
  /** The policy a human accepted or signed last; null before the first time. */
  readonly accepted: {
    readonly policy_digest: string;
    readonly inputs: readonly PolicyInput[];
    /** SHA-256 of the policy's plain values as both parsers read them; null when none are kept. */
    readonly values_sha256: string | null;
    /** Others than their owner could write the files when they were trusted. */
    readonly is_loose?: true;
    readonly seq: number;
    readonly at: string;
  } | null;
  /** Set while the policy on disk is not the accepted one. */
  readonly tamper: {
    readonly policy_digest: string;
    readonly since_seq: number;
    /** Decisions denied since, so that repeats are counted and not flooded. */
    readonly denied: number;
  } | null;
}

export const emptyState: EngineState = {
  version: 1,
  accepted: null,
  tamper: null,
  ...emptyDenials,
  ...emptyOutcomes,
  ...emptyOverrides,
  ...emptyPolicyFiles,
  ...emptySigned,
  ...emptyToolPins,
  ...emptyWeakened,
  ...emptyWritten,
  ...emptyBudgets,
};

/**
 * A stored snapshot as a state; null when another version wrote it. Members it lacks are empty: the
 * version that wrote it knew no entry that would have filled them.
 *
 * @param snapshot Checked by the caller against the hash in the log.
 */
export function restoreState(snapshot: unknown): EngineState | null {
  const state = { ...emptyState, ...(snapshot as Partial<EngineState>) };
  return (snapshot as Partial<EngineState>).version === emptyState.version ? state : null;
}

/** Entry types that carry state; recordEvent refuses their prefixes. */
export const stateTypes = {
  accepted: "state.policy_accepted",
  signed: "state.policy_signed",
  tampered: "state.policy_tampered",
  restored: "state.policy_restored",
  ...policyFilesTypes,
} as const;

/**
 * Folds one verified entry into the state. Total: entries of other types change nothing.
 *
 * @param entry Verified; its details were written by this engine under the log's key.
 */
export function foldState(state: EngineState, entry: Entry): EngineState {
  const details = entry.details;
  switch (entry.type) {
    case stateTypes.accepted:
      return foldPolicyFiles(trustPolicy(state, entry), entry);
    case stateTypes.signed: {
      const signed = signedOf(entry.seq, details);
      return foldPolicyFiles({ ...trustPolicy(state, entry), signed }, entry);
    }
    case stateTypes.tampered:
      return {
        ...state,
        tamper: { policy_digest: text(details, "policy_digest"), since_seq: entry.seq, denied: 0 },
      };
    case stateTypes.restored:
      return foldPolicyFiles({ ...state, tamper: null }, entry);
    case stateTypes.locked:
    case stateTypes.unlocked:
    case stateTypes.touched:
      return foldPolicyFiles(state, entry);
    case weakenedTypes.weakened:
    case weakenedTypes.restored:
      return foldWeakened(state, entry);
    case "audit.decision": {
      const known = foldDenial(foldDecision(state, entry.seq, details), entry.seq, details);
      const counted = foldBudgets(foldWritten(known, details), entry.seq, details);
      const next = foldToolPins(foldOverride(counted, entry.seq, details), details);
      return next.tamper === null || details["decision"] !== "deny"
        ? next
        : { ...next, tamper: { ...next.tamper, denied: next.tamper.denied + 1 } };
    }
    case sessionEndedType:
      return endSessionGrants(foldSessionEnd(state, details), details);
    case outcomeTypes.outcome:
      return foldAgreed(foldOutcome(state, entry), details);
    default:
      return foldOutcome(foldOverrideEntry(state, entry), entry);
  }
}

function trustPolicy(state: EngineState, entry: Entry): EngineState {
  const trusted = { ...state, ...emptyDenials, accepted: acceptedOf(entry), tamper: null };
  return endOtherPolicies(trusted, text(entry.details, "policy_digest"));
}

function acceptedOf({ details, seq, at }: Entry): EngineState["accepted"] {
  return {
    policy_digest: text(details, "policy_digest"),
    inputs: inputsOf(details),
    values_sha256: text(details, "values_sha256") || null,
    ...(details["is_loose"] === true ? { is_loose: true } : {}),
    seq,
    at,
  };
}

function text(details: JsonObject, key: string): string {
  const value = details[key];
  return typeof value === "string" ? value : "";
}

function inputsOf(details: JsonObject): readonly PolicyInput[] {
  const list = details["inputs"];
  if (!Array.isArray(list)) return [];
  return list.map((input) => ({ path: text(input, "path"), sha256: text(input, "sha256") }));
}
