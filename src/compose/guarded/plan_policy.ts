/**
 * `policy install`: a signed proposal, read once, verified, shown, and put in force as it was shown.
 *
 * SECURITY: root reads here what an agent may have written. Bytes are read once, as plain files of
 * bounded size; what is verified, shown and installed are these bytes, whatever happens to the files
 * meanwhile.
 *
 * @module
 */
import { openInstalledPolicy } from "../../adapter/installed_policy.ts";
import { guardedConfigFolder, type Layout, proposalOf } from "../../adapter/layout.ts";
import { recoverFolder, swapFolder, writePolicyFolder } from "../../adapter/policy_folder.ts";
import { openPolicyStore } from "../../adapter/policy_store.ts";
import { EngineError } from "../../core/errors.ts";
import type { PolicySnapshot } from "../../core/integrity/policy_snapshot.ts";
import type { TrustedKey } from "../../core/integrity/trusted_key.ts";
import type { PolicyFileChange, PolicyPlan } from "../../edge/cli/guard_keeper.ts";
import { isMissing, type Surroundings } from "../environment.ts";
import { withConfigLock } from "./config_lock.ts";
import { requireGuardedLayout } from "./guarded_layout.ts";
import { requireRoot } from "./require_root.ts";
import { type Files, readAll, requireSigned } from "./signed_proposal.ts";

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
  await withConfigLock(() => Promise.resolve(recover(layout)));
  const installed = readInstalled(layout);
  if (installed !== null && isSame(found, installed)) return null;
  const trust = await requireSigned(found, installed, keys);
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

/** Names that nothing reads, beside the policy's own. */
function besides({ policyFolder }: Layout): { readonly next: string; readonly former: string } {
  const id = policyFolder.slice(policyFolder.lastIndexOf("/") + 1);
  return {
    next: `${guardedConfigFolder}/.${id}.new`,
    former: `${guardedConfigFolder}/.${id}.old`,
  };
}

/** Mends what a call that was cut short left, so that what is shown is what is there. */
function recover(layout: Layout): void {
  const { next, former } = besides(layout);
  recoverFolder(layout.policyFolder, next, former);
}

function install(layout: Layout, files: Files, shown: PolicySnapshot | null): void {
  const { next, former } = besides(layout);
  recover(layout);
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
