/**
 * Whether a code is one of an approver's. Looks and changes nothing: who calls has counted the guess.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { timingSafeEqual } from "@std/crypto/timing-safe-equal";
import type { EnrolmentState } from "../audit/override_state.ts";
import { EngineError } from "../errors.ts";
import type { OverrideTools } from "./override_tools.ts";
import { recoveryHash } from "./recovery_codes.ts";
import { findStep } from "./totp.ts";
import { totpAlgorithms } from "./totp_parameters.ts";
import type { Sha256 } from "../ports.ts";

/** Whose codes they are, and what was accepted of them. */
export interface CodeSource {
  readonly enrolment: EnrolmentState | null;
  readonly key: Uint8Array;
  readonly lastStep: number;
}

export type CheckedCode =
  | { readonly fits: true; readonly step: number; readonly recovery: string }
  | { readonly fits: false; readonly cause: "wrong" | "reused" };

/** SECURITY: compared with where there is nobody, so that it takes as long. No code of it counts. */
export const nobody: CodeSource = {
  enrolment: null,
  key: new Uint8Array(20),
  lastStep: Number.MAX_SAFE_INTEGER,
};

/**
 * The seed of an enrolment.
 *
 * @throws {EngineError} `secret_missing`, `secret_unsafe`, `secret_invalid`: also for another seed than
 *   the one that was enrolled.
 */
export function readSource(
  enrolment: EnrolmentState,
  { readSeed }: OverrideTools,
  sha256: Sha256,
): CodeSource {
  const key = readSeed(enrolment.id);
  if (encodeHex(sha256(key)) !== enrolment.seed_sha256) {
    throw new EngineError("secret_invalid", `The secret of enrolment ${enrolment.id} is another`, {
      hint: "enrol anew: sealward override enroll",
    });
  }
  return { enrolment, key, lastStep: enrolment.last_step };
}

/** @param clock Seconds, as the clock says. */
export function checkCode(
  proof: { readonly kind: "totp" | "recovery"; readonly code: string },
  source: CodeSource,
  { hmac, clock }: Pick<OverrideTools, "hmac"> & { readonly clock: number },
): CheckedCode {
  if (proof.kind === "recovery") return checkRecovery(proof.code, source);
  const { enrolment, key, lastStep } = source;
  const algorithm = totpAlgorithms.find((name) => name === enrolment?.algorithm) ?? "SHA1";
  const found = findStep(proof.code, { key, algorithm, atUnixSeconds: clock, lastStep, hmac });
  if (source === nobody) return { fits: false, cause: "wrong" };
  return found.status === "accepted"
    ? { fits: true, step: found.step, recovery: "" }
    : { fits: false, cause: found.status };
}

function checkRecovery(code: string, { enrolment }: CodeSource): CheckedCode {
  const hash = recoveryHash(enrolment?.id ?? "", code);
  const given = new TextEncoder().encode(hash);
  const known = enrolment?.recovery ?? [];
  const fitting = known.filter((each) => {
    const bytes = new TextEncoder().encode(each);
    return bytes.length === given.length && timingSafeEqual(bytes, given);
  });
  return fitting.length > 0
    ? { fits: true, step: 0, recovery: hash }
    : { fits: false, cause: "wrong" };
}
