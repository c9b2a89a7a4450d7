/**
 * Whose code it will be.
 *
 * @module
 */
import { EngineError } from "../../../core/errors.ts";
import type { ApproverView, ShownRequest } from "../../../pdp/override_desk.ts";
import { nameOf } from "../../render_override_listing.ts";
import { quote, usageError } from "../usage_error.ts";

/**
 * The approver named, else the only one there is; null is the one without a name.
 *
 * @throws {EngineError} `usage` when it is not clear who; `override_refused` when nobody can approve
 *   this way; `override_locked` while codes of theirs are refused.
 */
export function chooseApprover(
  { approvers }: ShownRequest,
  proof: "totp" | "recovery",
  name: string | null,
): string | null {
  const able = approvers.filter(({ proofs }) => proofs.includes(proof));
  const chosen = name === null ? onlyOne(able, proof) : findNamed(able, proof, name);
  if (chosen.locked_until === null) return chosen.name;
  throw new EngineError(
    "override_locked",
    `Too many codes of ${nameOf(chosen.name)} were wrong: they are refused until ` +
      chosen.locked_until,
    { hint: "wait until then, or approve with an SSH signature" },
  );
}

function onlyOne(able: readonly ApproverView[], proof: "totp" | "recovery"): ApproverView {
  const [first, second] = able;
  if (first === undefined) throw nobody(proof);
  if (second === undefined) return first;
  throw usageError("Several people may approve this", `say who you are: --as ${namesOf(able)}`);
}

function findNamed(
  able: readonly ApproverView[],
  proof: "totp" | "recovery",
  name: string,
): ApproverView {
  const found = able.find((each) => each.name === name);
  if (found !== undefined) return found;
  if (able.length === 0) throw nobody(proof);
  throw usageError(`${quote(name)} cannot approve this by a code`, `give one of ${namesOf(able)}`);
}

/**
 * Before a signature is made or sent.
 *
 * @throws {EngineError} `override_refused` where none of anybody's could count.
 */
export function requireSigner({ approvers }: ShownRequest): void {
  if (approvers.some(({ proofs }) => proofs.includes("ssh"))) return;
  throw new EngineError("override_refused", "Nobody can approve this by an SSH signature", {
    hint: "no approver of the policy has a key that counts here: `sealward doctor` says why",
  });
}

function namesOf(able: readonly ApproverView[]): string {
  const names = able.flatMap(({ name }) => name ?? []);
  return names.length === able.length ? names.join(", ") : `${names.join(", ")}, or leave it out`;
}

function nobody(proof: "totp" | "recovery"): EngineError {
  const code = proof === "totp" ? "a code" : "a recovery code";
  return new EngineError("override_refused", `Nobody can approve this by ${code}`, {
    hint: "`sealward override list` shows who may approve and by what, `sealward doctor` why not",
  });
}
