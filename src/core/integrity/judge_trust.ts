/**
 * Is the policy on disk one that counts: signed, where any key is trusted, else accepted. Pure: the
 * caller brings keys, time and what verifies. SPEC.md, "Trust".
 *
 * @module
 */
import type { SignedPolicy } from "../audit/signed_state.ts";
import type { EngineState } from "../audit/state.ts";
import { EngineError } from "../errors.ts";
import type { Sha256 } from "../ports.ts";
import { version as engineVersion } from "../version.ts";
import { findChangedFiles } from "./find_changed_files.ts";
import { type Manifest, signatureNamespace } from "./manifest.ts";
import { parseManifest } from "./parse_manifest.ts";
import type { PolicySnapshot, SignedFile, SignedFiles } from "./policy_snapshot.ts";
import { type Refusal, refuseTerms } from "./refuse_terms.ts";
import { sshFingerprint } from "./ssh_public_key.ts";
import { parseSshsig, type Sshsig } from "./sshsig.ts";
import { compareTrust, type Trust, unreadableDigest } from "./trust.ts";
import type { TrustedKey } from "./trusted_key.ts";

/** What is asked beside the files and the log. */
export interface TrustAnchors {
  /** With any key, only signed policies count. */
  readonly keys: readonly TrustedKey[];
  readonly nowMs: number;
  readonly sha256: Sha256;
  /** Whether a signature holds for a message; may throw what makes its caller load the code. */
  readonly verify: (signature: Sshsig, message: Uint8Array) => boolean;
}

/** A signed policy that counts as soon as the log has an entry that says so. */
export interface NewPolicy {
  readonly status: "new";
  readonly policyDigest: string;
  readonly manifest: Manifest;
  readonly manifestSha256: string;
  readonly signatureSha256: string;
  readonly filesDigest: string;
  readonly key: TrustedKey;
}

/**
 * Judges a snapshot, or the failure to read one.
 *
 * @param found Read with what a signature is about, where `anchors` has any key.
 */
export function judgeTrust(
  found: PolicySnapshot | EngineError,
  state: EngineState,
  anchors: TrustAnchors,
): Trust | NewPolicy {
  if (anchors.keys.length === 0) return compareTrust(found, state);
  if (!("digest" in found)) {
    const hasMark = state.accepted !== null || state.signed !== null;
    return refuse(hasMark ? "tampered" : "unaccepted", unreadableDigest, found.message);
  }
  const { manifest, signature } = filesOf(found);
  if (manifest === null || signature === null) return judgeUnsigned(found, state);
  const { signed } = state;
  const isKnown = signed !== null && state.accepted?.seq === signed.seq &&
    manifest.sha256 === signed.manifest_sha256 && signature.sha256 === signed.signature_sha256;
  return isKnown
    ? judgeKnown(found, signed, anchors)
    : judgeNew(found, { manifest, signature }, state, anchors);
}

function filesOf({ signed }: PolicySnapshot): SignedFiles {
  if (signed !== undefined) return signed;
  throw new EngineError("internal", "Cannot judge a signature: the policy was read without it");
}

function refuse(
  status: "unaccepted" | "tampered",
  policyDigest: string,
  message: string,
  changed: readonly string[] = [],
): Trust {
  return { status, policyDigest, message, changed };
}

function judgeUnsigned(found: PolicySnapshot, { accepted, signed }: EngineState): Trust {
  const missing = filesOf(found).manifest === null ? "manifest" : "signature";
  if (signed !== null) {
    const message = `The policy's ${missing} is missing: restore it, or sign the policy again`;
    return refuse("tampered", found.digest, message);
  }
  if (accepted !== null && accepted.policy_digest !== found.digest) {
    const message = "The policy is neither signed nor the one that was accepted: review it and " +
      "run `sealward policy sign`";
    return refuse("tampered", found.digest, message);
  }
  const message = `This host trusts signed policies only, and the ${missing} is missing: ` +
    "run `sealward policy sign`";
  return refuse("unaccepted", found.digest, message);
}

/** What a verified entry names is not verified again: its bytes are these. */
function judgeKnown(found: PolicySnapshot, signed: SignedPolicy, anchors: TrustAnchors): Trust {
  const { digest: policyDigest } = found;
  const refuseAs = ({ status, message }: Refusal) => refuse(status, policyDigest, message);
  if (!anchors.keys.some(({ fingerprint }) => fingerprint === signed.key)) {
    return refuseAs(untrusted(signed.key, true));
  }
  const { manifest, covered, digest } = filesOf(found);
  if (digest !== signed.files_digest && manifest !== null) {
    return otherFiles(policyDigest, findChangedFiles(parseManifest(manifest.bytes).files, covered));
  }
  const refusal = refuseTerms(signed, anchors.nowMs, engineVersion);
  if (refusal !== null) return refuseAs(refusal);
  const message = `The signed policy, version ${signed.policy_version}`;
  return { status: "trusted", policyDigest, message, changed: [], isSigned: true };
}

function judgeNew(
  found: PolicySnapshot,
  pair: { readonly manifest: SignedFile; readonly signature: SignedFile },
  state: EngineState,
  anchors: TrustAnchors,
): Trust | NewPolicy {
  const { digest: policyDigest } = found;
  const { covered, digest: filesDigest } = filesOf(found);
  const read = readPair(pair, state, anchors);
  if ("message" in read) return refuse(read.status, policyDigest, read.message);
  const { manifest, key } = read;
  const manifestSha256 = pair.manifest.sha256;
  const refusal = refuseOlder(manifest, manifestSha256, state.signed) ??
    refuseTerms(manifest, anchors.nowMs, engineVersion);
  if (refusal !== null) return refuse(refusal.status, policyDigest, refusal.message);
  const changed = findChangedFiles(manifest.files, covered);
  if (changed.length > 0) return otherFiles(policyDigest, changed);
  const signatureSha256 = pair.signature.sha256;
  return {
    status: "new",
    policyDigest,
    manifest,
    manifestSha256,
    signatureSha256,
    filesDigest,
    key,
  };
}

/** SECURITY: the signature first; bytes that nobody trusted signed are not parsed. */
function readPair(
  { manifest, signature }: { readonly manifest: SignedFile; readonly signature: SignedFile },
  { signed }: EngineState,
  { keys, verify, sha256 }: TrustAnchors,
): { readonly manifest: Manifest; readonly key: TrustedKey } | Refusal {
  try {
    const sshsig = parseSshsig(signature.bytes, signatureNamespace);
    const fingerprint = sshFingerprint(sshsig.publicKey, sha256);
    const key = keys.find((one) => one.fingerprint === fingerprint);
    if (key === undefined) return untrusted(fingerprint, signed?.key === fingerprint);
    if (!verify(sshsig, manifest.bytes)) {
      return tampered("The policy's manifest is not what was signed: restore it, or sign again");
    }
    return { manifest: parseManifest(manifest.bytes), key };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return tampered(error.message);
  }
}

/** SECURITY: what was in force once, validly signed, does not come back; nor another project's. */
function refuseOlder(
  { project, policy_version: version }: Manifest,
  manifestSha256: string,
  mark: SignedPolicy | null,
): Refusal | null {
  if (mark === null) return null;
  if (project !== mark.project) {
    return tampered(
      `The signed policy is of the project "${project}", and this one is "${mark.project}"`,
    );
  }
  if (version < mark.policy_version) {
    return tampered(
      `This is version ${version} of the policy, validly signed, and version ` +
        `${mark.policy_version} was in force here: an older one does not come back. Checking ` +
        "out an old branch does this: go back to the newer policy, or sign this one as version " +
        `${mark.policy_version + 1}`,
    );
  }
  if (version === mark.policy_version && manifestSha256 !== mark.manifest_sha256) {
    return tampered(
      `There are two signed policies of version ${version}, and this is not the one that was in ` +
        `force: sign it as version ${version + 1}`,
    );
  }
  return null;
}

function untrusted(fingerprint: string, wasTrusted: boolean): Refusal {
  return tampered(
    wasTrusted
      ? `The policy was signed with ${fingerprint}, which is not trusted any more: sign it again ` +
        "with a trusted key"
      : `The policy was signed with ${fingerprint}, which nobody trusts here`,
  );
}

function tampered(message: string): Refusal {
  return { status: "tampered", message };
}

function otherFiles(policyDigest: string, changed: readonly string[]): Trust {
  const named = changed.slice(0, 8).join(", ");
  const message = `The policy is not what was signed (changed: ${named}): restore it, or review ` +
    "it and run `sealward policy sign`";
  return refuse("tampered", policyDigest, message, changed);
}
