/**
 * The answer, in the shape every edge sends (wire form, snake_case: see README, "Decision").
 *
 * @module
 */
import type { Effect } from "../operation/effect.ts";
import type { JsonObject } from "../operation/operation.ts";
import type { Severity } from "../policy/policy.ts";
import type { Counted } from "./counted.ts";

export type Verdict = "allow" | "ask" | "deny";

/** Why an operation is not simply allowed. Codes are a contract, messages are not. */
export const violationCodes = [
  "path_protected",
  "path_outside_root",
  "path_special",
  "path_unresolvable",
  "path_suspicious",
  "operation_protected",
  "operation_unknown",
  "operation_unverified",
  "command_opaque",
  "rule_matched",
  "limit_exceeded",
  "budget_exceeded",
  "check_violated",
  "check_failed",
  "tool_changed",
  "default_deny",
  "denied_before",
  "policy_unaccepted",
  "policy_tampered",
] as const;
export type ViolationCode = typeof violationCodes[number];

/** An earlier decision and its entry. */
export interface Reference {
  readonly decision_id: string;
  readonly seq: number;
}

/** One reason, with the effect and the policy line it came from. */
export interface Violation {
  /** Dotted policy id, e.g. `protected.files`, `limits.max_complexity`, `rules.no-push`. */
  readonly policy: string;
  readonly code: ViolationCode;
  readonly severity: Severity;
  readonly message: string;
  readonly effect?: { readonly verb: Effect["verb"]; readonly resource: string };
  readonly pattern?: string;
  readonly source?: { readonly file: string; readonly line: number; readonly column: number };
  /**
   * What a check says itself: its own code, which nobody but the check explains, or the code of its
   * failure. `details` are the check's, and untrusted.
   */
  readonly check?: { readonly code: string; readonly details?: JsonObject };
  /** The denial it repeats; SPEC.md, "Denial memory". */
  readonly reference?: Reference;
}

/** A violation inside the engine: `sourceKey` names the policy node, e.g. `protected.files.2`. */
export interface Finding extends Violation {
  readonly sourceKey: string | null;
  /** What this finding alone would answer. */
  readonly verdict: "ask" | "deny";
  /** False for what no human approval can lift: tampering and the engine's own files. */
  readonly overridable: boolean;
}

/** What `decide` returns; the use case adds ids, digests and the audit receipt. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly overridable: boolean;
  readonly severity: Severity;
  readonly findings: readonly Finding[];
  /** Dotted ids of limits that no fact could be found for, sorted. */
  readonly unmeasured: readonly string[];
  /** Set when the policy's mode turned a stricter verdict into allow. */
  readonly wouldDeny: boolean;
  readonly mode: "enforce" | "observe" | "disabled";
  /** Settings that weaken enforcement, one sentence each; shown with every decision. */
  readonly notices: readonly string[];
  /** Ids of rules that warn and matched, in the policy's order. */
  readonly warned: readonly string[];
  /** What rules that only observe would have found, worst first; it counts for nothing. */
  readonly observed?: readonly Finding[];
  /** What later decisions count of this one; left out where the policy counts nothing. */
  readonly counted?: Counted;
  /** A person approved what was found. */
  readonly isLifted?: true;
}

/** What an answer says of approvals; the state of the log decides, never this text. */
export type OverrideNote =
  /** On what may be approved: a person names the id and retypes the phrase. */
  | {
    readonly status: "offered";
    /** 32 hex digits. */
    readonly request_id: string;
    /** `XXXXX-XXXXX`, of the digest of what is to be approved. */
    readonly phrase: string;
    /** RFC 3339. */
    readonly expires_at: string;
  }
  /** On what may be approved, by a principal that opened too many requests. */
  | { readonly status: "too_many"; readonly retry_at: string }
  /** On what may be approved, while the clock is behind what the log has seen: nothing holds then. */
  | { readonly status: "clock_back"; readonly seen_at: string }
  /** On what a grant allowed. */
  | {
    readonly status: "granted";
    readonly override_id: string;
    readonly request_id: string;
    readonly kind: "once" | "session" | "pattern";
    readonly approved_by: string;
    readonly override_trust: "same_uid" | "guarded" | "presence";
    readonly approved_until: string;
  };

/** The envelope, version 1: identical on every edge. */
export interface Decision {
  readonly schema_version: 1;
  readonly decision_id: string;
  readonly decision: Verdict;
  readonly allowed: boolean;
  readonly overridable: boolean;
  readonly reason: string;
  readonly severity: Severity;
  readonly violated_policies: readonly string[];
  readonly violations: readonly Violation[];
  readonly unmeasured: readonly string[];
  readonly operation_digest: string;
  readonly policy_digest: string;
  readonly state_digest: string;
  readonly policy_trust: "signed" | "accepted" | "none";
  readonly attestation: "same_uid" | "guarded";
  readonly mode: "enforce" | "observe" | "disabled";
  readonly would_deny?: boolean;
  readonly notices?: readonly string[];
  readonly correlation_id?: string;
  /** How a person may lift it, or how one did; override/SPEC.md. */
  readonly override?: OverrideNote;
  readonly audit: { readonly seq: number; readonly mac: string };
  readonly elapsed_us: number;
}
