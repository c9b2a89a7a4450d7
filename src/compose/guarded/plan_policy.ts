/**
 * `policy install`: a signed proposal, read once, verified, shown, and put in force as it was shown.
 *
 * SECURITY: root reads here what an agent may have written. Bytes are read once, as plain files of
 * bounded size; what is verified, shown and installed are these bytes, whatever happens to the files
 * meanwhile.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { openInstalledPolicy } from "../../adapter/installed_policy.ts";
import { guardedConfigFolder, type Layout, proposalOf } from "../../adapter/layout.ts";
import { openPlainFile, readLimited } from "../../adapter/plain_file.ts";
import { recoverFolder, swapFolder, writePolicyFolder } from "../../adapter/policy_folder.ts";
import { openPolicyStore } from "../../adapter/policy_store.ts";
import { EngineError, TamperDetectedError } from "../../core/errors.ts";
import type { NewPolicy } from "../../core/integrity/judge_trust.ts";
import { manifestFile, signatureFile } from "../../core/integrity/manifest.ts";
import type { PolicySnapshot } from "../../core/integrity/policy_snapshot.ts";
import { sha256 } from "../../core/integrity/sha256.ts";
import type { TrustedKey } from "../../core/integrity/trusted_key.ts";
import { maxPolicyTestBytes } from "../../core/limits.ts";
import { refuseFaulty } from "../../core/policy/refuse_faulty.ts";
import type { PolicyFileChange, PolicyPlan } from "../../edge/cli/guard_keeper.ts";
import { isMissing, type Surroundings } from "../environment.ts";
import { withConfigLock } from "./config_lock.ts";
import { requireGuardedLayout } from "./guarded_layout.ts";
import { judgeProposal } from "./read_drift.ts";
import { requireRoot } from "./require_root.ts";

type Files = ReadonlyMap<string, Uint8Array>;

/** See GuardKeeper.planPolicy. */
export async function planPolicy(
  surroundings: Surroundings,
  root: string | null,
): Promise<PolicyPlan | null> {
  requireRoot(surroundings, "installs a policy");
  const layout = requireGuardedLayout(surroundings, root);
  const keys = await requireKeys(surroundings);
  const proposal = proposalOf(layout.root);
  const found = openPolicyStore(proposal)("signed");
  const installed = readInstalled(layout);
  if (installed !== null && isSame(found, installed)) return null;
  const trust = await judge(found, installed, keys);
  refuseFaulty(found);
  const files = readAll(proposal.policyFolder, found);
  const before = installed === null ? new Map() : readAll(layout.policyFolder, installed);
  return {
    version: trust.manifest.policy_version,
    signer: trust.manifest.signer,
    key: trust.key.fingerprint,
    digest: found.digest,
    files: compareFiles(before, files),
    run: () => withConfigLock(() => Promise.resolve(install(layout, files, installed))),
  };
}

async function requireKeys({ readTrustedKeys }: Surroundings): Promise<readonly TrustedKey[]> {
  const keys = await readTrustedKeys();
  if (keys.length > 0) return keys;
  throw new EngineError("signature_required", "Cannot install: no key is trusted on this host", {
    hint:
      "put your public key into /etc/sealward/trusted_keys: sealward policy keygen FILE makes one",
  });
}

/** Null where a crash between two renames, or a hand, left none; the engine's mark still stands. */
function readInstalled(layout: Layout): PolicySnapshot | null {
  return isMissing(layout.policyFolder) ? null : openInstalledPolicy(layout)("signed");
}

function isSame(one: PolicySnapshot, other: PolicySnapshot): boolean {
  return one.digest === other.digest && one.signed?.digest === other.signed?.digest &&
    one.signed?.manifest?.sha256 === other.signed?.manifest?.sha256 &&
    one.signed?.signature?.sha256 === other.signed?.signature?.sha256;
}

async function judge(
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
  if (trust.status === "new") return trust;
  throw new TamperDetectedError("policy_tampered", `Cannot install: ${trust.message}`, {
    hint: "the installed policy stands, nothing was changed: see `sealward drift`",
  });
}

/** Every byte of a policy, tests, manifest and signature included. */
function readAll(policyFolder: string, { files, signed }: PolicySnapshot): Files {
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

function install(layout: Layout, files: Files, shown: PolicySnapshot | null): void {
  const id = layout.policyFolder.slice(layout.policyFolder.lastIndexOf("/") + 1);
  const next = `${guardedConfigFolder}/.${id}.new`;
  const former = `${guardedConfigFolder}/.${id}.old`;
  recoverFolder(layout.policyFolder, next, former);
  // SECURITY: a newer one that another call installed meanwhile must not be put back by this one.
  const now = readInstalled(layout);
  if (now !== null && (shown === null || !isSame(now, shown))) throw changed();
  writePolicyFolder(next, files);
  swapFolder(layout.policyFolder, next, former);
}

function changed(): EngineError {
  return new EngineError(
    "policy_tampered",
    "Cannot install: the installed policy changed meanwhile",
    {
      hint: "look at the difference again",
    },
  );
}

function compareFiles(before: Files, after: Files): readonly PolicyFileChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((path) => {
    const change = { path, before: before.get(path) ?? null, after: after.get(path) ?? null };
    return isEqual(change.before, change.after) ? [] : [change];
  });
}

function isEqual(one: Uint8Array | null, other: Uint8Array | null): boolean {
  return one !== null && one.length === other?.length &&
    one.every((byte, index) => byte === other[index]);
}
