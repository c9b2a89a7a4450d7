/**
 * Approves with an SSH signature over the text of the approval. Nobody guesses one: none is counted.
 *
 * @module
 */
import type { Approval } from "../../core/override/approval.ts";
import { approvalText } from "../../core/override/approval_text.ts";
import { hexDigest } from "../../core/integrity/hex_digest.ts";
import type { SignedBy } from "../../core/override/override_tools.ts";
import { requestText } from "../../core/override/request_text.ts";
import type { Approver } from "../../core/override/terms.ts";
import type { OverrideStatus, OverrideTrust } from "../override_desk.ts";
import { grantRequest, type Proven, requireAllowed } from "./approve_request.ts";
import { type DeskParts, type DeskView, look } from "./desk_parts.ts";
import { parseJustification } from "./parse_justification.ts";
import { readDocument } from "./read_document.ts";

export async function approveBySignature(
  approval: Approval,
  signature: Uint8Array,
  parts: DeskParts,
): Promise<OverrideStatus> {
  const text = await look(parts, (view) => signedText(approval, view, parts));
  const { findSigner } = await parts.loadOverrideTools();
  const signed = text === null ? null : await findSigner(new TextEncoder().encode(text), signature);
  return await grantRequest(approval, (view): Proven => {
    if (signed === null) return { cause: "signature" };
    const approver = findApprover(signed, view);
    if (approver === undefined) return { cause: "key" };
    const trust = trustOf(signed, parts);
    requireAllowed(approval, trust, view);
    const key = hexDigest(signed.keyBlob, parts.sha256);
    // The signature itself is evidence: whoever has the key can see later that it was given.
    return {
      by: approver.name,
      trust,
      used: () => ({ signature: parts.keep(signature), key }),
    };
  }, parts);
}

/** Null where there is no such request. */
function signedText(
  { requestId, grant, justification }: Approval,
  { kept }: DeskView,
  parts: DeskParts,
): string | null {
  const request = kept.requests.find(({ id }) => id === requestId);
  if (request === undefined) return null;
  const { document, bytes } = readDocument(request, parts);
  const text = requestText(document, bytes, parts.sha256);
  return approvalText(text, { grant, justification: parseJustification(justification) });
}

function findApprover({ keyBlob }: SignedBy, { terms }: DeskView): Approver | undefined {
  return terms?.approvers.find(({ sshKeys }) =>
    sshKeys.some(({ blob }) =>
      blob.length === keyBlob.length && blob.every((byte, i) => byte === keyBlob[i])
    )
  );
}

/** SECURITY: only a touch tells a person from a program of the same user. */
function trustOf({ hasPresence }: SignedBy, { attestation }: DeskParts): OverrideTrust {
  if (hasPresence) return "presence";
  return attestation === "guarded" ? "guarded" : "same_uid";
}
