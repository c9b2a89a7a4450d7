/**
 * An approval on the wire. Both ends use this file: what a client sends is what a server takes.
 *
 * @module
 */
import { maxApprovalBytes, maxPatternCharacters } from "../limits.ts";
import type { JsonObject } from "../operation/operation.ts";
import {
  idForm,
  idPattern,
  optionalText,
  parseAnswerFields,
  parseJustification,
  requiredText,
  unfit,
} from "./answer_fields.ts";
import type { Approval, Proof, WantedGrant } from "./approval.ts";

/** An approval whose road is not told by who sends it. */
export type SentApproval = Omit<Approval, "channel">;

const known = [
  "request_id",
  "phrase",
  "justification",
  "kind",
  "pattern",
  "approver",
  "code",
  "recovery_code",
  "signature",
];

const proofKeys = ["code", "recovery_code", "signature"];
const kindPattern = /^(?:once|session|pattern)$/;

// SECURITY: exactly these characters. `$` without `m` ends the text, a line feed included, and \d
// without `v` or `u` knows ASCII only.
const codePattern = /^[0-9]{6}$/;
/** Retyped by a person: any case, blanks and hyphens. What it says is the engine's to compare. */
const phrasePattern = /^[0-9A-Za-z -]{1,32}$/;
const recoveryPattern = /^[0-9A-Za-z -]{1,100}$/;
const namePattern = /^[a-z][a-z0-9_.-]{0,31}$/;
const signaturePattern = /^[\t\n\r\x20-\x7e]{1,16384}$/;

/** Writes it; parseApproval of it equals `approval`. */
export function encodeApproval(approval: SentApproval): string {
  const { requestId, phrase, justification, grant, proof } = approval;
  return JSON.stringify({
    request_id: requestId,
    phrase,
    justification,
    ...grant,
    ...encodeProof(proof),
  });
}

function encodeProof(proof: Proof): Readonly<Record<string, string>> {
  if (proof.kind === "ssh") return { signature: new TextDecoder().decode(proof.signature) };
  const approver = proof.approver === null ? {} : { approver: proof.approver };
  return proof.kind === "totp"
    ? { ...approver, code: proof.code }
    : { ...approver, recovery_code: proof.code };
}

/**
 * Reads it: no unknown member, no other type, exactly one proof.
 *
 * @throws {EngineError} `operation_invalid`; no message quotes a value.
 */
export function parseApproval(text: string): SentApproval {
  if (text.length > maxApprovalBytes) throw unfit("too much text");
  const fields = parseAnswerFields(text, known);
  return {
    requestId: requiredText(fields, "request_id", idPattern, idForm),
    phrase: requiredText(fields, "phrase", phrasePattern, "a string as XXXXX-XXXXX"),
    justification: parseJustification(fields),
    grant: parseGrant(fields),
    proof: parseProof(fields),
  };
}

function parseGrant(fields: JsonObject): WantedGrant {
  const kind = optionalText(fields, "kind", kindPattern, "once, session or pattern") ?? "once";
  if (kind === "pattern") {
    const pattern = requiredText(fields, "pattern", /^[^]+$/, "a glob, as a string");
    if (pattern.length > maxPatternCharacters) throw unfit("a long pattern");
    return { kind, pattern };
  }
  // SECURITY: who meant a pattern must not get more, or less, by leaving out its kind.
  if (Object.hasOwn(fields, "pattern")) throw unfit('a pattern without the kind "pattern"');
  return { kind: kind === "session" ? kind : "once" };
}

function parseProof(fields: JsonObject): Proof {
  const given = proofKeys.filter((key) => Object.hasOwn(fields, key));
  if (given.length !== 1) {
    throw unfit(`${given.length} proofs, wanted one of ${proofKeys.join(", ")}`);
  }
  const approver = optionalText(fields, "approver", namePattern, "a name of the policy");
  if (given[0] === "code") {
    const code = requiredText(fields, "code", codePattern, "a string of six ASCII digits");
    return { kind: "totp", approver, code };
  }
  if (given[0] === "recovery_code") {
    if (approver === null) throw unfit("a recovery code without an approver");
    const wanted = "a recovery code, as a string";
    const code = requiredText(fields, "recovery_code", recoveryPattern, wanted);
    return { kind: "recovery", approver, code };
  }
  // A key belongs to one approver: a name beside it could only contradict.
  if (approver !== null) throw unfit("an approver beside a signature");
  const signature = requiredText(fields, "signature", signaturePattern, "the armored text");
  return { kind: "ssh", signature: new TextEncoder().encode(signature) };
}
