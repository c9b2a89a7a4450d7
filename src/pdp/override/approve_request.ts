/**
 * A person's yes, and what it takes. override/SPEC.md, "The answer" and "The grant".
 *
 * @module
 */
import type { NewEvent } from "../../core/audit/entry.ts";
import {
  isClockBack,
  isGranting,
  isPending,
  overrideTypes,
  type RequestState,
} from "../../core/audit/override_state.ts";
import { randomId } from "../../core/integrity/hex_digest.ts";
import { EngineError } from "../../core/errors.ts";
import { maxGrants } from "../../core/limits.ts";
import type { Approval } from "../../core/override/approval.ts";
import { rejectionHint } from "../../core/override/rejection_hint.ts";
import { codePhrase, isPhrase } from "../../core/override/code_phrase.ts";
import { compileGrantPattern } from "../../core/override/find_grant.ts";
import type { RequestDocument } from "../../core/override/request_document.ts";
import type { OverrideTerms } from "../../core/override/terms.ts";
import type { OverrideStatus, OverrideTrust } from "../override_desk.ts";
import { told } from "./close_request.ts";
import { type DeskParts, type DeskView, look, timeOf, transact } from "./desk_parts.ts";
import { parseJustification } from "./parse_justification.ts";
import { type KeptDocument, readDocument } from "./read_document.ts";
import { findRequest, statusOf } from "./request_status.ts";

/** An approval that is proven, or why not; made under the log's lock. */
export type Proven =
  | {
    readonly by: string;
    readonly trust: OverrideTrust;
    /** What the log notes of the proof, so that it counts once; called when it is granted. */
    readonly used: () => NewEvent["details"];
  }
  /** For the log alone. */
  | { readonly cause: string };

/**
 * Grants, where everything about the request still holds and `prove` is satisfied.
 *
 * @throws {EngineError} `override_rejected` whatever was wrong; the entry with the cause is durable.
 */
export async function grantRequest(
  approval: Approval,
  prove: (view: DeskView) => Proven,
  parts: DeskParts,
): Promise<OverrideStatus> {
  const justification = parseJustification(approval.justification);
  const isGranted = await transact(parts, (view) => {
    // SECURITY: first the proof, always: how long a refusal takes says nothing of the request.
    const proven = prove(view);
    const found = findOpen(approval, view, parts);
    const cause = "cause" in proven ? proven.cause : "cause" in found ? found.cause : null;
    if ("cause" in proven || "cause" in found) {
      const by = claimedBy(approval, proven, view);
      return { events: [rejection(approval, cause ?? "", by)], result: false };
    }
    const events = grantEvents(approval, { ...found, ...proven, justification, view }, parts);
    return { events, result: true };
  });
  if (!isGranted) throw rejected(approval.proof.kind);
  return await look(
    parts,
    ({ kept, now }) => statusOf(findRequest(kept, approval.requestId, null), now),
  );
}

/** What the policy does not allow, whatever the proof: said plainly, before one is looked at. */
export function requireAllowed(
  { grant }: Pick<Approval, "grant">,
  trust: OverrideTrust,
  { terms, kept, now, clock, trust: policy }: DeskView,
): OverrideTerms {
  if (isClockBack(kept, clock)) {
    const seen = timeOf(kept.latest);
    throw refused(
      `The clock is behind what the log has seen at ${seen}: nothing is approved`,
      "set the clock; or, if it was wrong then, run `sealward override accept-clock`",
    );
  }
  if (terms === null) throw refused("The policy in force lets nobody approve", "see overrides");
  if (trust === "same_uid" && terms.sameUid === "deny") {
    throw refused(
      "This install cannot tell a person from the agent, and overrides.same_uid is deny",
      "sign with a security key (sk-ssh-ed25519), or set up a guarded install",
    );
  }
  const isWide = grant.kind !== "once";
  if (isWide && (policy.isSigned !== true || !terms.grants.includes(grant.kind))) {
    const message = `The policy allows no grant of kind ${grant.kind}`;
    throw refused(message, "overrides.grants of a signed policy names the kinds");
  }
  if (grant.kind === "pattern" && compileGrantPattern(grant.pattern) === null) {
    throw refused("Got a pattern outside the dialect", "write it as in protected.files");
  }
  const held = kept.requests.filter((request) => isGranting(request, now)).length;
  if (held < maxGrants) return terms;
  throw refused(`There are ${held} grants already`, "revoke some: see `sealward override list`");
}

/** The request as it is now, or why it cannot be granted. */
function findOpen(
  { requestId, phrase, proof, grant, channel }: Approval,
  { kept, now, trust }: DeskView,
  parts: DeskParts,
): ({ readonly request: RequestState } & KeptDocument) | { readonly cause: string } {
  const request = kept.requests.find(({ id }) => id === requestId);
  if (request === undefined) return { cause: "no_request" };
  if (!isPending(request, now)) return { cause: `request_${statusOf(request, now).status}` };
  // What a signature is over has the document's digest in it: in a folder nobody retypes anything.
  const isRetyped = isPhrase(phrase, codePhrase(request.document, parts.sha256));
  if (!isRetyped && !(proof.kind === "ssh" && channel === "inbox")) return { cause: "phrase" };
  const isInForce = trust.status === "trusted" && trust.policyDigest === request.policy_digest;
  if (!isInForce) return { cause: "policy_changed" };
  const kept_ = readDocument(request, parts);
  const { finding_keys: keys, finding_kinds: kinds } = kept_.document;
  if (grant.kind === "session" && keys.length === 0) return { cause: "too_many_findings" };
  if (grant.kind === "pattern" && kinds.length === 0) return { cause: "too_many_findings" };
  return { request, ...kept_ };
}

/** What an approval is about, and who gave it. */
interface Given {
  readonly request: RequestState;
  readonly document: RequestDocument;
  readonly by: string;
  readonly trust: OverrideTrust;
  readonly used: () => NewEvent["details"];
  readonly justification: string;
  readonly view: DeskView;
}

/** The grant, and the guide's event beside it. */
function grantEvents(
  approval: Approval,
  given: Given,
  { randomBytes }: DeskParts,
): readonly NewEvent[] {
  const { request, document, by, justification } = given;
  const id = randomId(randomBytes);
  const guide = {
    operation: document.operation["type"] ?? "",
    policy_violated: [...new Set(document.violations.map(({ policy }) => policy))].slice(0, 12),
    justification,
    approved_by: by,
    override_id: id,
    request_id: request.id,
  };
  const details = grantDetails(approval, given, id);
  return [
    { type: overrideTypes.granted, severity: "HIGH", details },
    told("OVERRIDE_APPROVED", "MEDIUM", guide),
  ];
}

function grantDetails({ grant, channel, proof }: Approval, given: Given, id: string) {
  const { request, document, by, trust, used, justification, view: { now, terms } } = given;
  return {
    at: now,
    request: request.id,
    grant: id,
    kind: grant.kind,
    ...(grant.kind === "pattern"
      ? { pattern: grant.pattern, findings: document.finding_kinds }
      : {}),
    ...(grant.kind === "session" ? { findings: document.finding_keys } : {}),
    until: now + (terms?.grantSeconds ?? 0),
    approved_by: by,
    override_trust: trust,
    justification,
    channel,
    proof: proof.kind,
    ...used(),
    document: request.document,
    operation_digest: request.operation_digest,
    policy_digest: request.policy_digest,
    effects_digest: request.effects_digest,
    principal: request.principal,
    denied_keys: document.denied_keys,
  };
}

/** For the log: outward every refusal is the same. Never the code. */
function rejection(
  { requestId, channel, proof }: Approval,
  cause: string,
  approver: string | null,
): NewEvent {
  const isReuse = cause === "reused" || cause === "request_used" || cause === "request_approved";
  const isId = /^[0-9a-f]{32}$/.test(requestId);
  return told(isReuse ? "OVERRIDE_REUSE_ATTEMPTED" : "INVALID_OVERRIDE_CODE", "HIGH", {
    request_id: isId ? requestId : "?",
    channel,
    proof: proof.kind,
    ...(approver === null ? {} : { approver }),
    cause,
  });
}

/**
 * Whom a refused approval claims to be of: as in `state.override_attempted`, "" for the one without a
 * name and "?" for what the policy does not name. A signature tells, or nobody does.
 */
function claimedBy({ proof }: Approval, proven: Proven, { terms }: DeskView): string | null {
  if (proof.kind === "ssh") return "cause" in proven ? null : proven.by;
  const { approver } = proof;
  if (approver === null) return terms?.unnamedApprover === true ? "" : "?";
  return terms?.approvers.some(({ name }) => name === approver) === true ? approver : "?";
}

export function rejected(proof: Approval["proof"]["kind"]): EngineError {
  return new EngineError("override_rejected", "The approval was refused; nothing is granted", {
    hint: rejectionHint(proof),
  });
}

export function refused(message: string, hint: string): EngineError {
  return new EngineError("override_refused", message, { hint });
}
