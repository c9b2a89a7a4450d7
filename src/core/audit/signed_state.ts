/**
 * The part of the state that remembers the newest signed policy: nothing older comes into force
 * again. integrity/SPEC.md, "No rollback".
 *
 * @module
 */
import type { Json, JsonObject } from "../operation/operation.ts";

/** The signed policy with the highest version this log has seen in force. */
export interface SignedPolicy {
  readonly project: string;
  readonly policy_version: number;
  /** SHA-256 of the manifest's and of the signature's bytes, 64 hex digits each. */
  readonly manifest_sha256: string;
  readonly signature_sha256: string;
  /** Over every covered file; see policyDigest. */
  readonly files_digest: string;
  /** Fingerprint of the key, `SHA256:...`. */
  readonly key: string;
  readonly signer: string;
  readonly signed_at: string;
  readonly expires_at: string | null;
  readonly min_engine: string;
  /** The engine that wrote the manifest. */
  readonly engine: string;
  /** Whether a log was replayed on it before it was signed. */
  readonly has_backtest: boolean;
  /** Entry that put it in force. */
  readonly seq: number;
}

export interface SignedState {
  /** Null before the first. In force while `accepted` is of the same entry. */
  readonly signed: SignedPolicy | null;
}

export const emptySigned: SignedState = { signed: null };

/** What a `state.policy_signed` entry says of the manifest; written by this engine. */
export function signedOf(seq: number, details: JsonObject): SignedPolicy {
  return {
    project: text(details["project"]),
    policy_version: Number(details["policy_version"]),
    manifest_sha256: text(details["manifest_sha256"]),
    signature_sha256: text(details["signature_sha256"]),
    files_digest: text(details["files_digest"]),
    key: text(details["key"]),
    signer: text(details["signer"]),
    signed_at: text(details["signed_at"]),
    expires_at: typeof details["expires_at"] === "string" ? details["expires_at"] : null,
    min_engine: text(details["min_engine"]),
    engine: text(details["engine"]),
    has_backtest: (details["backtest"] ?? null) !== null,
    seq,
  };
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
