/**
 * A proposal that may be installed: signed by somebody trusted, newer than what is installed.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { openPlainFile, readLimited } from "../../adapter/plain_file.ts";
import { EngineError, TamperDetectedError } from "../../core/errors.ts";
import type { NewPolicy } from "../../core/integrity/judge_trust.ts";
import { manifestFile, signatureFile } from "../../core/integrity/manifest.ts";
import type { PolicySnapshot } from "../../core/integrity/policy_snapshot.ts";
import { sha256 } from "../../core/integrity/sha256.ts";
import type { TrustedKey } from "../../core/integrity/trusted_key.ts";
import { maxPolicyTestBytes } from "../../core/limits.ts";
import { refuseFaulty } from "../../core/policy/refuse_faulty.ts";
import { judgeProposal } from "./read_drift.ts";

/** Bytes by path relative to the project's root. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** @throws {EngineError} `signature_required`, `policy_tampered`; what stands against its text. */
export async function requireSigned(
  found: PolicySnapshot,
  installed: PolicySnapshot | null,
  keys: readonly TrustedKey[],
): Promise<NewPolicy> {
  if (!found.signed?.manifest || !found.signed.signature) {
    throw new EngineError("signature_required", "Cannot install: the proposal is not signed", {
      hint: "run `sealward policy sign --key FILE` in the project first",
    });
  }
  const trust = await judgeProposal(found, installed, keys);
  if (trust.status === "new") {
    refuseFaulty(found);
    return trust;
  }
  throw new TamperDetectedError("policy_tampered", `Cannot install: ${trust.message}`, {
    hint: "the installed policy stands, nothing was changed: see `sealward drift`",
  });
}

/** Every byte of a policy, tests, manifest and signature included. */
export function readAll(policyFolder: string, { files, signed }: PolicySnapshot): Files {
  const all = new Map(files);
  for (const { path, sha256: wanted } of signed?.covered ?? []) {
    if (!all.has(path)) all.set(path, readTest(`${policyFolder}/${below(path)}`, wanted));
  }
  if (signed?.manifest) all.set(manifestFile, signed.manifest.bytes);
  if (signed?.signature) all.set(signatureFile, signed.signature.bytes);
  return all;
}

/** Tests are hashed and not kept when a policy is read: read again, they must be the same. */
function readTest(path: string, wanted: string): Uint8Array {
  const { file } = openPlainFile(path, { read: true });
  try {
    const bytes = readLimited(file, maxPolicyTestBytes);
    if (bytes !== null && encodeHex(sha256(bytes)) === wanted) return bytes;
  } finally {
    file.close();
  }
  throw new TamperDetectedError("policy_tampered", `Cannot install: "${path}" changed meanwhile`, {
    hint: "run it again when nobody writes there",
  });
}

function below(path: string): string {
  return path.slice(".scalpel/".length);
}
