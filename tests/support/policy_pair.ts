/** A signed policy in memory: bytes, snapshot and what judges them. */
import { encodeHex } from "@std/encoding/hex";
import {
  newSigningKeyPem,
  openSigningKey,
  sha512,
  verifyEd25519,
} from "../../src/adapter/signing_key.ts";
import { createVerifier } from "../../src/core/integrity/create_verifier.ts";
import { encodeManifest } from "../../src/core/integrity/encode_manifest.ts";
import type { TrustAnchors } from "../../src/core/integrity/judge_trust.ts";
import type { Manifest, ManifestFile } from "../../src/core/integrity/manifest.ts";
import { policyDigest } from "../../src/core/integrity/policy_digest.ts";
import type { PolicySnapshot } from "../../src/core/integrity/policy_snapshot.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { sshFingerprint } from "../../src/core/integrity/ssh_public_key.ts";
import { encodeSshsig, type Sshsig } from "../../src/core/integrity/sshsig.ts";
import { encodeSigned } from "../../src/core/integrity/sshsig_blob.ts";
import type { TrustedKey } from "../../src/core/integrity/trusted_key.ts";

export const namespace = "sealward-policy";

export interface PairKey extends TrustedKey {
  readonly sign: (message: Uint8Array, hash?: Sshsig["hash"]) => Uint8Array<ArrayBuffer>;
}

/** A new key. */
export function newPairKey(): PairKey {
  const { publicKey, sign } = openSigningKey(newSigningKeyPem());
  return {
    publicKey,
    fingerprint: sshFingerprint(publicKey, sha256),
    comment: "",
    sign: (message, hash = "sha512") => {
      const digest = hash === "sha512" ? sha512(message) : sha256(message);
      const signature = sign(encodeSigned(namespace, hash, digest));
      return encodeSshsig({ publicKey, hash, signature }, namespace);
    },
  };
}

export const policyBytes = new TextEncoder().encode('version: "1.0"\n');

export const policyFileEntry: ManifestFile = {
  path: ".scalpel/policy.yaml",
  sha256: encodeHex(sha256(policyBytes)),
  size: policyBytes.length,
};

/** A manifest nobody objects to, less what is given. */
export function manifestOf(given: Partial<Manifest> = {}): Manifest {
  return {
    schema_version: 1,
    project: "demo",
    policy_version: 1,
    min_engine: "0.1.0",
    engine: "0.1.0",
    signer: "somebody",
    signed_at: "2026-11-23T05:00:00Z",
    expires_at: null,
    files: [policyFileEntry],
    backtest: null,
    ...given,
  };
}

export interface PairBytes {
  readonly manifest: Uint8Array | null;
  readonly signature: Uint8Array | null;
}

export function signPair(key: PairKey, given: Partial<Manifest> = {}): {
  readonly manifest: Uint8Array;
  readonly signature: Uint8Array;
} {
  const manifest = encodeManifest(manifestOf(given));
  return { manifest, signature: key.sign(manifest) };
}

/** The policy and this pair, as they would be read. */
export function snapshotWith({ manifest, signature }: PairBytes): PolicySnapshot {
  const { path, sha256: hash } = policyFileEntry;
  const inputs = [{ path, sha256: hash }];
  const fileOf = (bytes: Uint8Array | null) =>
    bytes === null ? null : { bytes, sha256: encodeHex(sha256(bytes)) };
  return {
    digest: policyDigest(inputs, sha256),
    inputs,
    files: new Map([[path, policyBytes]]),
    signed: {
      manifest: fileOf(manifest),
      signature: fileOf(signature),
      covered: [policyFileEntry],
      digest: policyDigest([policyFileEntry], sha256),
    },
  };
}

/** An hour after the pair was signed. */
export const nowMs = Date.parse("2026-11-23T06:00:00Z");

export function anchorsOf(keys: readonly TrustedKey[]): TrustAnchors {
  return { keys, nowMs, sha256, verify: createVerifier({ sha256, sha512, verifyEd25519 }) };
}
