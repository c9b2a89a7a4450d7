/**
 * The policy a guarded install begins with: the workspace's proposal, or one of ours.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import type { Layout } from "../../adapter/layout.ts";
import { openPolicyStore } from "../../adapter/policy_store.ts";
import { EngineError } from "../../core/errors.ts";
import { policyDigest } from "../../core/integrity/policy_digest.ts";
import { policyFile, type PolicySnapshot } from "../../core/integrity/policy_snapshot.ts";
import { sha256 } from "../../core/integrity/sha256.ts";
import { refuseFaulty } from "../../core/policy/refuse_faulty.ts";
import type { TrustedKey } from "../../core/integrity/trusted_key.ts";
import { isMissing } from "../environment.ts";
import { type Files, readAll, requireSigned } from "./signed_proposal.ts";

export interface FirstPolicy {
  readonly snapshot: PolicySnapshot;
  /** All that is to be installed. */
  readonly files: Files;
  /** By a trusted key: then nobody need accept it. */
  readonly isSigned: boolean;
  /** Written by us: a human need not look at it first. */
  readonly isOwn: boolean;
}

/**
 * Reads it; nothing in the workspace is written, where an agent could lead root astray.
 *
 * @throws {EngineError} What stands against the proposal; `usage` when one is there and the guide's
 *   was asked for.
 */
export async function readFirstPolicy(
  proposal: Pick<Layout, "policyFolder" | "policyPath">,
  isGuide: boolean,
  keys: readonly TrustedKey[],
): Promise<FirstPolicy> {
  const isOwn = isMissing(proposal.policyPath);
  if (!isOwn && isGuide) {
    throw new EngineError(
      "usage",
      `Cannot begin with the guide's policy: ${proposal.policyPath}` +
        " is there",
      { hint: "move it away, or leave out --guide to install it" },
    );
  }
  if (keys.length > 0) return await readSigned(proposal, keys);
  const snapshot = isOwn ? await ownSnapshot(isGuide) : openPolicyStore(proposal)();
  refuseFaulty(snapshot);
  return { snapshot, files: snapshot.files, isOwn, isSigned: false };
}

async function readSigned(
  { policyFolder }: Pick<Layout, "policyFolder">,
  keys: readonly TrustedKey[],
): Promise<FirstPolicy> {
  const snapshot = openPolicyStore({ policyFolder })("signed");
  await requireSigned(snapshot, null, keys);
  return { snapshot, files: readAll(policyFolder, snapshot), isOwn: false, isSigned: true };
}

async function ownSnapshot(isGuide: boolean): Promise<PolicySnapshot> {
  const { guidePolicy, starterPolicy } = await import("../../core/policy/starter_policy.ts");
  const bytes = new TextEncoder().encode(isGuide ? guidePolicy : starterPolicy);
  const inputs = [{ path: policyFile, sha256: encodeHex(sha256(bytes)) }];
  return {
    digest: policyDigest(inputs, sha256),
    inputs,
    files: new Map([[policyFile, bytes]]),
  };
}
