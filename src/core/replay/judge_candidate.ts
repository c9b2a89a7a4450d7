/**
 * One logged decision under a policy that is not in force: what it would have been. Nothing is
 * guessed: what was not recorded is unjudged, and unjudged is never "the same".
 *
 * @module
 */
import type { Entry } from "../audit/entry.ts";
import type { Judgement, Verdict } from "../decision/decision.ts";
import { reasonOf } from "../decision/encode_decision.ts";
import type { JsonObject } from "../operation/operation.ts";
import type { Policy } from "../policy/policy.ts";
import { InputMissing } from "./input_missing.ts";
import { liftedVerdict } from "./lift_recorded.ts";
import type { CandidateMemory } from "./candidate_memory.ts";
import { CannotReplay, type KeptFiles, readInput } from "./kept_input.ts";
import { replayInput, type ReplayJudge } from "./replay_input.ts";
import type { CannotCode } from "./replay_result.ts";
import { type KnownNames, strictEvidence } from "./strict_evidence.ts";

/** A policy somebody thinks of signing. */
export interface Candidate {
  readonly policy: Policy;
  /** As policyDigest has it, of the candidate's own inputs. */
  readonly digest: string;
}

/** Why a decision could not be judged. */
export type UnjudgedCode =
  | CannotCode
  /** No policy was trusted then: what was denied was not looked at. */
  | "no_policy"
  /** A secret was covered in what was asked: another policy may speak of the word that is gone. */
  | "redacted";

/** Verdict then and verdict now, or why there is none. */
export type CandidateResult = {
  readonly seq: number;
  readonly status: "judged";
  readonly from: Verdict;
  readonly to: Verdict;
  /** Dotted ids that were violated then; an entry names at most 12. */
  readonly fromPolicies: readonly string[];
  /** Dotted ids that would be violated now, sorted. */
  readonly toPolicies: readonly string[];
  /** One sentence for people: why the candidate says what it says. */
  readonly reason: string;
} | {
  readonly seq: number;
  readonly status: "unjudged";
  readonly code: UnjudgedCode;
  readonly message: string;
};

export interface CandidateParts
  extends Pick<ReplayJudge, "createPlanner" | "toolReader" | "measureComplexity"> {
  readonly kept: KeptFiles;
  /** Of the entry's policy against the candidate; see knownNames. */
  readonly known: () => KnownNames;
  /** What was remembered of denials when the entry was decided. */
  readonly denials: () => ReplayJudge["denials"];
  /** How tools were defined then, whatever the policy. */
  readonly toolPins: () => NonNullable<ReplayJudge["tool_pins"]>;
  /** What the candidate would have counted of the entries before. */
  readonly memory: CandidateMemory;
}

/**
 * Judges one entry again. What the planner throws to ask for more programs is the caller's.
 *
 * @param entry Verified, of type `audit.decision`.
 */
export function judgeCandidate(
  entry: Entry,
  candidate: Candidate,
  parts: CandidateParts,
): CandidateResult {
  const { seq } = entry;
  try {
    return { seq, status: "judged", ...judge(entry, candidate, parts) };
  } catch (error) {
    const { code, message } = codeOf(error);
    return { seq, status: "unjudged", code, message };
  }
}

/** Thrown for reasons that only a candidate has. */
class Unjudged extends Error {
  readonly code: UnjudgedCode;

  constructor(code: UnjudgedCode, message: string) {
    super(message);
    this.code = code;
  }
}

function codeOf(error: unknown): { readonly code: UnjudgedCode; readonly message: string } {
  if (error instanceof CannotReplay || error instanceof Unjudged) return error;
  if (error instanceof InputMissing) return { code: "input_missing", message: error.message };
  throw error;
}

function judge(entry: Entry, candidate: Candidate, parts: CandidateParts) {
  const { details } = entry;
  const codes = textsOf(details, "codes");
  if (codes.some((code) => code === "policy_unaccepted" || code === "policy_tampered")) {
    throw new Unjudged("no_policy", "no policy was trusted when it was decided");
  }
  const input = readInput(details, parts.kept);
  if (details["replayable"] !== undefined) {
    throw new CannotReplay("not_replayable", "without its secrets the operation is another one");
  }
  const isSame = details["policy_digest"] === candidate.digest;
  if (!isSame && input.covered === true) {
    throw new Unjudged("redacted", "a secret was covered in what was asked");
  }
  const summary = (details["operation"] ?? {}) as JsonObject;
  const known = isSame ? everything : parts.known();
  const judgement = replayInput(input, summary, String(details["principal"]), {
    ...parts,
    trust: { status: "trusted", message: "" },
    policy: candidate.policy,
    history: parts.memory.read(entry),
    // Another policy begins with no memory: what only repeated a denial is judged for itself.
    denials: isSame ? parts.denials() : [],
    tool_pins: parts.toolPins(),
    ...(isSame ? {} : { limitEvidence: (all) => strictEvidence(all, input, known) }),
  });
  parts.memory.note(entry, judgement);
  return {
    // What a person approved under one policy is not approved under another.
    from: liftedVerdict(details) ?? verdictOf(details),
    to: judgement.verdict,
    fromPolicies: textsOf(details, "violated"),
    toPolicies: policiesOf(judgement),
    reason: reasonOf(judgement),
  };
}

const everything: KnownNames = { links: true, tracked: true };

/**
 * Which answers recorded under one policy hold under another.
 *
 * @param then Null where the policy of then is not known any more.
 */
export function knownNames(now: Policy, then: Policy | null): KnownNames {
  if (then === null) return { links: false, tracked: false };
  const had = new Set(then.protectedFiles.patterns);
  const tracked = now.protectedFiles.patterns.every((pattern) => had.has(pattern));
  for (const pattern of then.secretFiles.patterns) had.add(pattern);
  const named = [...now.protectedFiles.patterns, ...now.secretFiles.patterns];
  return { tracked, links: named.every((pattern) => had.has(pattern)) };
}

// An unreadable verdict was no permission.
function verdictOf({ decision }: JsonObject): Verdict {
  return decision === "allow" || decision === "ask" ? decision : "deny";
}

function policiesOf({ findings }: Judgement): readonly string[] {
  return [...new Set(findings.map(({ policy }) => policy))].sort();
}

function textsOf(details: JsonObject, key: string): readonly string[] {
  const value = details[key];
  return Array.isArray(value) ? value.filter((text) => typeof text === "string") : [];
}
