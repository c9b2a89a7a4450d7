/**
 * What a person is asked to approve: kept beside the log in RFC 8785 form, named by its SHA-256 in
 * the entry of the denial. SPEC.md, "The request".
 *
 * @module
 */
import type { JsonObject } from "../operation/operation.ts";

/** Plain JSON. Texts are as the engine knows them: whoever shows them escapes them (requestText). */
export interface RequestDocument {
  readonly version: 1;
  /** 32 hex digits, random. */
  readonly request: string;
  /** Id of the log: an approval holds for one install. */
  readonly install: string;
  /** Seconds since 1970. */
  readonly opened_at: number;
  readonly expires_at: number;
  readonly decision: "deny" | "ask";
  readonly operation_digest: string;
  readonly policy_digest: string;
  /** Of effects, the real files behind them, and what the policy found; see effectsDigest. */
  readonly effects_digest: string;
  readonly principal: string;
  readonly agent: string | null;
  /** As the agent said it. */
  readonly session: string | null;
  /** Type, command, tool, content, working folder and metadata, without secrets. */
  readonly operation: JsonObject;
  /** What the agent says it is for; nobody has checked it. */
  readonly agent_says: string | null;
  /** All of them; what has more than limits.maxRequestEffects is not offered. */
  readonly effects: readonly RequestEffect[];
  readonly violations: readonly RequestViolation[];
  /** Parts that look like secrets are covered by `x`. */
  readonly is_covered: boolean;
  /** Requests of this principal in the hour before. */
  readonly requests_in_hour: number;
  /** What the denial memory forgets with a grant; see deniedKeys. */
  readonly denied_keys: readonly string[];
  /** What a grant for more than one operation may lift; see findingKeys. Empty: too many to say. */
  readonly finding_keys: readonly string[];
  readonly finding_kinds: readonly string[];
}

export interface RequestEffect {
  readonly verb: string;
  readonly resource: string;
  /** Where it really leads, when that is another place. */
  readonly real?: string;
  readonly is_possible?: true;
}

export interface RequestViolation {
  readonly policy: string;
  readonly code: string;
  readonly severity: string;
  readonly message: string;
}
