/**
 * What a human needs to sign policies (edge/cli/policy_signer.ts), on this machine.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { nowMicros } from "../adapter/clock.ts";
import { readPrivateFile } from "../adapter/key_store.ts";
import { findRoot, policyPlaceOf } from "../adapter/layout.ts";
import { openPlainFile, PlainFileError, readLimited } from "../adapter/plain_file.ts";
import { openPolicyStore } from "../adapter/policy_store.ts";
import { randomBytes } from "../adapter/random.ts";
import { sha512, verifyEd25519 } from "../adapter/signing_key.ts";
import { writePolicyPair } from "../adapter/write_policy_pair.ts";
import { emptyState } from "../core/audit/state.ts";
import { EngineError, oneLine, TamperDetectedError, toEngineError } from "../core/errors.ts";
import { createVerifier } from "../core/integrity/create_verifier.ts";
import { judgeTrust } from "../core/integrity/judge_trust.ts";
import { type Manifest, signatureNamespace } from "../core/integrity/manifest.ts";
import { parseManifest } from "../core/integrity/parse_manifest.ts";
import { parseTrustedKeys } from "../core/integrity/parse_trusted_keys.ts";
import { policyFile, type SignedFiles } from "../core/integrity/policy_snapshot.ts";
import { sha256 } from "../core/integrity/sha256.ts";
import { parseSshsig } from "../core/integrity/sshsig.ts";
import type { TrustedKey } from "../core/integrity/trusted_key.ts";
import { maxBacktestBytes, maxTrustedKeysBytes } from "../core/limits.ts";
import { lintPolicy } from "../core/policy/lint_policy.ts";
import { refuseFaulty } from "../core/policy/refuse_faulty.ts";
import type { Checkout, PolicySigner, PreviousManifest } from "../edge/cli/policy_signer.ts";
import { createPolicyKey, openPolicyKey } from "./policy_key.ts";
import type { Surroundings } from "./environment.ts";

const verify = createVerifier({ sha256, sha512, verifyEd25519 });
const nowMs = () => Math.floor(nowMicros() / 1000);

export async function createPolicySigner(surroundings: Surroundings): Promise<PolicySigner> {
  const { readTrustedKeys, uid } = surroundings;
  const trustedKeys = await readTrustedKeys();
  return {
    trustedKeys,
    createKey: createPolicyKey,
    openKey: (path, { root }) => openPolicyKey(path, (at) => readKey(at, root, uid)),
    readPublicKeys,
    read: (root) => readCheckout(surroundings, root),
    readPrevious,
    refuseFaulty: ({ snapshot }) => refuseFaulty(snapshot),
    lint: ({ snapshot: { files, inputs: given } }) => {
      const bytes = files.get(policyFile) ?? new Uint8Array();
      const inputs = new Map(given.map(({ path, sha256 }) => [path, sha256]));
      return lintPolicy(bytes, policyFile, { beside: files, inputs, isSigned: true }).findings;
    },
    judge: ({ snapshot }, keys) =>
      judgeTrust(snapshot, emptyState, { keys, nowMs: nowMs(), sha256, verify }),
    readReport,
    write: (checkout, manifest, signature, report = null) => {
      // SECURITY: between showing and signing somebody may have swapped a file.
      const now = openPolicyStore(checkout)("signed");
      if (now.signed?.digest !== checkout.signed.digest) throw swapped();
      writePolicyPair(checkout.policyFolder, manifest, signature, report);
    },
    nowMs,
    randomName: () => encodeHex(randomBytes(4)),
  };
}

function readKey(path: string, workspace: string, uid: number | null): string {
  return new TextDecoder().decode(readPrivateFile(path, { workspace, uid }));
}

function readCheckout({ variable, cwd }: Surroundings, root: string | null): Checkout {
  const named = root ?? variable("SCALPEL_ROOT");
  const place = policyPlaceOf(named === undefined || named === "" ? findRoot(cwd) : named);
  const snapshot = openPolicyStore(place)("signed");
  return { ...place, snapshot, signed: signedOf(snapshot.signed) };
}

function signedOf(signed: SignedFiles | undefined): SignedFiles {
  if (signed !== undefined) return signed;
  throw new EngineError("internal", "The policy was read without its signature");
}

function readPrevious(
  { signed: { manifest, signature } }: Checkout,
  keys: readonly TrustedKey[],
): PreviousManifest | null {
  if (manifest === null) return null;
  const isVerified = signature !== null && holds(manifest.bytes, signature.bytes, keys);
  return { manifest: parseLast(manifest.bytes), isVerified };
}

function parseLast(bytes: Uint8Array): Manifest {
  try {
    return parseManifest(bytes);
  } catch (error) {
    const { code, message } = toEngineError(error);
    throw new EngineError(code, `The last manifest cannot be read: ${message}`, {
      hint: "restore it; or move it away and give --project and a higher --policy-version yourself",
      cause: error,
    });
  }
}

function holds(
  manifest: Uint8Array,
  signature: Uint8Array,
  keys: readonly TrustedKey[],
): boolean {
  try {
    const sshsig = parseSshsig(signature, signatureNamespace);
    const isTrusted = keys.some(({ publicKey }) =>
      publicKey.every((byte, i) => byte === sshsig.publicKey[i])
    );
    return isTrusted && verify(sshsig, manifest);
  } catch (error) {
    if (toEngineError(error).code === "signature_invalid") return false;
    throw error;
  }
}

function readPublicKeys(path: string): readonly TrustedKey[] {
  try {
    using file = openPlainFile(path, { read: true }).file;
    const bytes = readLimited(file, maxTrustedKeysBytes);
    if (bytes !== null) return parseTrustedKeys(bytes, path, sha256);
    throw new EngineError("trusted_keys_invalid", `Cannot read "${path}": it is too large`);
  } catch (error) {
    if (!(error instanceof PlainFileError)) throw error;
    throw new EngineError("trusted_keys_invalid", `Cannot read "${path}": ${error.message}`, {
      hint: "name a file of public keys, e.g. KEY.pub",
      cause: error,
    });
  }
}

function readReport(path: string): Uint8Array {
  try {
    using file = openPlainFile(path, { read: true }).file;
    const bytes = readLimited(file, maxBacktestBytes);
    if (bytes !== null) return bytes;
    throw unfitReport(path, "it is too large");
  } catch (error) {
    if (error instanceof PlainFileError) throw unfitReport(path, error.message);
    throw error;
  }
}

function unfitReport(path: string, why: string): EngineError {
  return new EngineError("backtest_invalid", `Cannot read "${oneLine(path, 120)}": ${why}`, {
    hint: "name the file that `sealward replay --candidate POLICY --report FILE` wrote",
  });
}

function swapped(): TamperDetectedError {
  return new TamperDetectedError(
    "policy_tampered",
    "Cannot sign: the files on disk are no longer those that were shown",
    { hint: "look at them again with `sealward policy sign`" },
  );
}
