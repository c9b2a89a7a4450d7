/**
 * Looks at requests, grants and those who may approve. Changes nothing.
 *
 * @module
 */
import {
  type EnrolmentState,
  isClockBack,
  isGranting,
  isPending,
  type OverridesKept,
  type RequestState,
} from "../../core/audit/override_state.ts";
import { lockedUntil } from "../../core/audit/lock_state.ts";
import { EngineError } from "../../core/errors.ts";
import type { Principal } from "../../core/operation/operation.ts";
import type { Channel } from "../../core/override/approval.ts";
import { codePhrase } from "../../core/override/code_phrase.ts";
import { requestText } from "../../core/override/request_text.ts";
import { showText } from "../../core/override/show_text.ts";
import {
  countsUntouched,
  type GrantKind,
  isTouchKey,
  type OverrideTerms,
} from "../../core/override/terms.ts";
import { totpAlgorithms } from "../../core/override/totp_parameters.ts";
import type {
  ApproverView,
  EnrolmentView,
  GrantView,
  OverrideListing,
  OverrideStatus,
  PendingView,
  ShownRequest,
  Waiting,
} from "../override_desk.ts";
import { type DeskParts, type DeskView, look, timeOf } from "./desk_parts.ts";
import { findEnrolment } from "./find_enrolment.ts";
import { readDocument } from "./read_document.ts";
import { findRequest, over, statusOf } from "./request_status.ts";

export async function readStatus(
  requestId: string,
  principal: Principal | null,
  parts: DeskParts,
): Promise<OverrideStatus> {
  return await look(
    parts,
    ({ kept, now, trust }) =>
      statusOf(findRequest(kept, requestId, principal), now, trust.policyDigest),
  );
}

export async function isOverrideValid(
  overrideId: string,
  principal: Principal | null,
  parts: DeskParts,
): Promise<boolean> {
  return await look(
    parts,
    ({ kept, now, clock, trust }) =>
      !isClockBack(kept, clock) &&
      kept.requests.some((request) =>
        request.grant?.id === overrideId && isGranting(request, now) &&
        (principal === null || request.principal === principal) &&
        trust.status === "trusted" && request.policy_digest === trust.policyDigest
      ),
  );
}

export async function showRequest(
  requestId: string,
  channel: Channel,
  parts: DeskParts,
): Promise<ShownRequest> {
  const hasSecret = await isUnnamedUsable(parts);
  return await look(parts, (view) => {
    const request = findRequest(view.kept, requestId, null);
    if (!isPending(request, view.now)) throw over(statusOf(request, view.now));
    const { bytes, document } = readDocument(request, parts);
    return {
      request_id: request.id,
      status: "pending",
      text: requestText(document, bytes, parts.sha256),
      phrase: codePhrase(request.document, parts.sha256),
      document,
      approvers: approversOf(view, channel, { ...parts, hasSecret }),
      kinds: kindsOf(view),
      ...(view.terms?.inbox ? { inbox: view.terms.inbox } : {}),
    };
  });
}

export async function readWaiting(parts: DeskParts): Promise<Waiting> {
  return await look(parts, ({ kept, now, terms }) => ({
    inbox: terms?.inbox ?? null,
    requestIds: kept.requests.filter((request) => isPending(request, now)).map(({ id }) => id),
  }));
}

export async function listOverrides(parts: DeskParts): Promise<OverrideListing> {
  const hasSecret = await isUnnamedUsable(parts);
  return await look(parts, (view) => {
    const { kept, now, clock, terms } = view;
    // By a clock that is back nothing holds, and nobody is told that it does.
    const granting = isClockBack(kept, clock) ? [] : kept.requests;
    return {
      ...(view.mode === "enforce" ? {} : { mode: view.mode }),
      pending: kept.requests.filter((request) => isPending(request, now))
        .map((request) => pendingView(request, parts)),
      grants: granting.flatMap((request) => grantViews(request, now)),
      enrolments: kept.enrolments.map((one) => enrolmentView(one, kept, terms)),
      approvers: approversOf(view, "console", { ...parts, hasSecret }),
    };
  });
}

function pendingView(request: RequestState, parts: DeskParts): PendingView {
  return {
    request_id: request.id,
    principal: request.principal,
    expires_at: timeOf(request.expires_at),
    operation_digest: request.operation_digest,
    summary: summaryOf(request, parts),
  };
}

/** SECURITY: a list of long commands would be an answer that no client takes, and no person reads. */
const maxSummaryCharacters = 512;

function summaryOf(request: RequestState, parts: DeskParts): string {
  try {
    const { document: { effects, operation } } = readDocument(request, parts);
    const shown = effects.slice(0, 3).map(({ verb, resource }) => `${verb} ${showText(resource)}`);
    const more = effects.length > 3 ? ` and ${effects.length - 3} more` : "";
    const { command } = operation;
    const what = typeof command === "string" ? `command ${showText(command)}: ` : "";
    const text = `${what}${shown.join(", ")}${more}`;
    return text.length > maxSummaryCharacters ? `${text.slice(0, maxSummaryCharacters)}...` : text;
  } catch (error) {
    if (error instanceof EngineError) return error.message;
    throw error;
  }
}

function grantViews(request: RequestState, now: number): readonly GrantView[] {
  const { grant } = request;
  if (grant === null || !isGranting(request, now)) return [];
  return [{
    override_id: grant.id,
    request_id: request.id,
    kind: grant.kind,
    operation_digest: request.operation_digest,
    policy_digest: request.policy_digest,
    principal: request.principal,
    approved_by: grant.by,
    override_trust: grant.trust,
    approved_until: timeOf(grant.until),
    uses: grant.uses,
  }];
}

function enrolmentView(
  one: EnrolmentState,
  kept: OverridesKept,
  terms: OverrideTerms | null,
): EnrolmentView {
  const approver = terms?.approvers.find(({ name }) => name === one.name);
  return {
    id: one.id,
    name: one.name,
    algorithm: totpAlgorithms.find((name) => name === one.algorithm) ?? "SHA1",
    enrolled_at: one.at,
    is_named: approver !== undefined && findEnrolment(approver, kept)?.id === one.id,
    recovery_codes_left: one.recovery.length,
  };
}

/** A secret that is set may be none that codes can be made of: then it approves nothing. */
async function isUnnamedUsable(
  { hasUnnamedSecret, loadOverrideTools }: DeskParts,
): Promise<boolean> {
  if (!hasUnnamedSecret) return false;
  const { readUnnamedSeed } = await loadOverrideTools();
  try {
    return readUnnamedSeed() !== null;
  } catch (error) {
    if (error instanceof EngineError) return false;
    throw error;
  }
}

interface Able extends Pick<DeskParts, "attestation" | "hasUnnamedSecret"> {
  /** The secret without a name can be used. */
  readonly hasSecret: boolean;
}

/** Only proofs that count here: nobody shall be asked for one that is refused afterwards. */
function approversOf(
  { terms, kept, now, clock }: DeskView,
  channel: Channel,
  { attestation, hasUnnamedSecret, hasSecret }: Able,
): readonly ApproverView[] {
  if (terms === null) return [];
  const isPlain = countsUntouched(terms, attestation === "guarded");
  const lockOf = (approver: string) => {
    const until = lockedUntil(kept.locks, { channel, approver });
    // Not the lock keeps anybody from approving then: it ends by a time that does not pass.
    return until > now && !isClockBack(kept, clock) ? timeOf(until) : null;
  };
  const named = terms.approvers.map((approver): ApproverView => {
    const enrolment = isPlain ? findEnrolment(approver, kept) : null;
    const proofs: ApproverView["proofs"][number][] = [];
    if (enrolment !== null) proofs.push("totp");
    if (enrolment !== null && enrolment.recovery.length > 0) proofs.push("recovery");
    if (approver.sshKeys.some((key) => isPlain || isTouchKey(key))) proofs.push("ssh");
    return { name: approver.name, proofs, locked_until: lockOf(approver.name) };
  });
  if (!terms.unnamedApprover || !hasUnnamedSecret) return named;
  const proofs = isPlain && hasSecret ? ["totp"] as const : [];
  return [...named, { name: null, proofs, locked_until: lockOf("") }];
}

function kindsOf({ terms, trust }: DeskView): readonly GrantKind[] {
  const kinds = terms?.grants ?? [];
  return trust.isSigned === true ? kinds : kinds.filter((kind) => kind === "once");
}
