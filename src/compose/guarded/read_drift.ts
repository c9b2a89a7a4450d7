/**
 * Reads installed policy and proposal, and compares them.
 *
 * @module
 */
import { nowMicros } from "../../adapter/clock.ts";
import { openInstalledPolicy } from "../../adapter/installed_policy.ts";
import { type Layout, proposalOf } from "../../adapter/layout.ts";
import { openPolicyStore } from "../../adapter/policy_store.ts";
import { emptyState, type EngineState } from "../../core/audit/state.ts";
import { type EngineError, toEngineError } from "../../core/errors.ts";
import { compareDrift, type DriftReport, manifestOf } from "../../core/integrity/compare_drift.ts";
import { createVerifier } from "../../core/integrity/create_verifier.ts";
import { judgeTrust, type NewPolicy } from "../../core/integrity/judge_trust.ts";
import type { PolicySnapshot } from "../../core/integrity/policy_snapshot.ts";
import { sha256 } from "../../core/integrity/sha256.ts";
import type { Trust } from "../../core/integrity/trust.ts";
import type { TrustedKey } from "../../core/integrity/trusted_key.ts";
import { isMissing, type Surroundings } from "../environment.ts";

/** @throws {EngineError} What stands against the installed policy or the trusted keys. */
export async function readDrift(
  { readTrustedKeys }: Pick<Surroundings, "readTrustedKeys">,
  layout: Layout,
): Promise<DriftReport> {
  const installed = openInstalledPolicy(layout)("signed");
  const keys = await readTrustedKeys();
  const found = readProposal(layout.root);
  if (found === null) return compareDrift(installed, null);
  const trust = "digest" in found && keys.length > 0
    ? await judgeProposal(found, installed, keys)
    : null;
  return compareDrift(installed, { found, trust });
}

/** SECURITY: an agent may have written all of it: plain files of bounded size only. */
function readProposal(root: string): PolicySnapshot | EngineError | null {
  try {
    const proposal = proposalOf(root);
    return isMissing(proposal.policyPath) ? null : openPolicyStore(proposal)("signed");
  } catch (error) {
    return toEngineError(error);
  }
}

/** What a proposal would be worth, with the installed policy as the newest that was in force. */
export async function judgeProposal(
  found: PolicySnapshot,
  installed: PolicySnapshot | null,
  keys: readonly TrustedKey[],
): Promise<Trust | NewPolicy> {
  const { verifyEd25519, sha512 } = await import("../../adapter/signing_key.ts");
  const verify = createVerifier({ verifyEd25519, sha256, sha512 });
  const nowMs = Math.floor(nowMicros() / 1000);
  return judgeTrust(found, stateOf(installed), { keys, nowMs, sha256, verify });
}

/** SECURITY: the engine's own mark may be higher, if files of root's were put back: it then denies. */
function stateOf(installed: PolicySnapshot | null): EngineState {
  const manifest = installed === null ? null : manifestOf(installed);
  const signed = installed?.signed;
  if (manifest === null || !signed?.manifest || !signed.signature) return emptyState;
  const { project, policy_version, signer, signed_at, expires_at, min_engine, engine } = manifest;
  return {
    ...emptyState,
    signed: {
      project,
      policy_version,
      signer,
      signed_at,
      expires_at,
      min_engine,
      engine,
      manifest_sha256: signed.manifest.sha256,
      signature_sha256: signed.signature.sha256,
      files_digest: signed.digest,
      key: "",
      has_backtest: manifest.backtest !== null,
      seq: 0,
    },
  };
}
