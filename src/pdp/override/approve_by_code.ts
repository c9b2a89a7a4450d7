/**
 * Approves with a code of an authenticator app, or a recovery code.
 *
 * @module
 */
import type { Approval } from "../../core/override/approval.ts";
import type { OverrideTools } from "../../core/override/override_tools.ts";
import type { OverrideStatus } from "../override_desk.ts";
import { grantRequest, type Proven, requireAllowed } from "./approve_request.ts";
import { checkCode, type CodeSource, nobody, readSource } from "../../core/override/check_code.ts";
import { countAttempt } from "./count_attempt.ts";
import { type DeskParts, type DeskView, look } from "./desk_parts.ts";
import { findEnrolment } from "./find_enrolment.ts";
import { parseJustification } from "./parse_justification.ts";

/** What the entry of an approval calls the one without a name. */
const unnamed = "unnamed";

export type CodeProof = Exclude<Approval["proof"], { readonly kind: "ssh" }>;

export async function approveByCode(
  approval: Approval,
  proof: CodeProof,
  parts: DeskParts,
): Promise<OverrideStatus> {
  // Nothing that is only badly written counts as a guess.
  parseJustification(approval.justification);
  const tools = await parts.loadOverrideTools();
  const approver = proof.approver ?? "";
  const trust = parts.attestation === "guarded" ? "guarded" : "same_uid";
  // A secret that is lost or unsafe is told before anything is counted.
  await look(parts, (view) => sourceOf(approver, view, tools, parts));
  const { channel, requestId } = approval;
  const what = /^[0-9a-f]{32}$/.test(requestId) ? requestId : "?";
  await countAttempt({ channel, approver, what }, (view) => {
    requireAllowed(approval, trust, view);
    return { isKnown: sourceOf(approver, view, tools, parts) !== nobody };
  }, parts);
  return await grantRequest(approval, (view): Proven => {
    requireAllowed(approval, trust, view);
    const source = sourceOf(approver, view, tools, parts);
    const checked = checkCode(proof, source, { hmac: tools.hmac, clock: view.clock });
    if (!checked.fits) return { cause: checked.cause };
    const { step, recovery } = checked;
    const enrolment = source.enrolment?.id ?? "";
    return {
      by: approver === "" ? unnamed : approver,
      trust,
      used: () => ({ approver, is_known: true, enrolment, step, recovery }),
    };
  }, parts);
}

/** Whose codes count under this name; `nobody` where the policy names no such approver. */
function sourceOf(
  approver: string,
  { terms, kept }: DeskView,
  tools: OverrideTools,
  { sha256 }: DeskParts,
): CodeSource {
  if (approver === "") {
    const key = terms?.unnamedApprover === true ? tools.readUnnamedSeed() : null;
    return key === null ? nobody : { enrolment: null, key, lastStep: kept.unnamed_step };
  }
  const line = terms?.approvers.find(({ name }) => name === approver);
  const enrolment = line === undefined ? null : findEnrolment(line, kept);
  return enrolment === null ? nobody : readSource(enrolment, tools, sha256);
}
