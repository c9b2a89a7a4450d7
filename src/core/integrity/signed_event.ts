/**
 * The entry that puts a signed policy in force, and from which on nothing older counts.
 *
 * @module
 */
import type { NewEvent } from "../audit/entry.ts";
import { type EngineState, stateTypes } from "../audit/state.ts";
import { markDetails } from "./hold_marks.ts";
import type { NewPolicy } from "./judge_trust.ts";
import type { PolicySnapshot } from "./policy_snapshot.ts";

/**
 * @param valuesSha256 Of what both parsers read in it, kept beside the log; see keepPolicy.
 */
export function signedEvent(
  policy: NewPolicy,
  { inputs, marks }: PolicySnapshot,
  { state, valuesSha256 }: { readonly state: EngineState; readonly valuesSha256: string },
): NewEvent {
  const { manifest, key } = policy;
  return {
    type: stateTypes.signed,
    severity: "CRITICAL",
    details: {
      project: manifest.project,
      policy_version: manifest.policy_version,
      previous_version: state.signed?.policy_version ?? null,
      manifest_sha256: policy.manifestSha256,
      signature_sha256: policy.signatureSha256,
      files_digest: policy.filesDigest,
      key: key.fingerprint,
      signer: manifest.signer,
      signed_at: manifest.signed_at,
      expires_at: manifest.expires_at,
      min_engine: manifest.min_engine,
      engine: manifest.engine,
      backtest: manifest.backtest === null ? null : { ...manifest.backtest },
      policy_digest: policy.policyDigest,
      previous_digest: state.accepted?.policy_digest ?? null,
      inputs: inputs.map(({ path, sha256 }) => ({ path, sha256 })),
      values_sha256: valuesSha256,
      ...markDetails(marks),
    },
  };
}
