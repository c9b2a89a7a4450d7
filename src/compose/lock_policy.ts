/**
 * Locks the policy's files and says so in the log, so that every later decision knows how it must
 * find them; and unlocks them. policy/SPEC.md, "On the disk".
 *
 * @module
 */
import { type FileLock, lockFiles, unlockFiles } from "../adapter/file_lock.ts";
import type { Layout } from "../adapter/layout.ts";
import { PlainFileError, statPlain } from "../adapter/plain_file.ts";
import { openPolicyStore } from "../adapter/policy_store.ts";
import type { NewEvent } from "../core/audit/entry.ts";
import { policyFilesTypes } from "../core/audit/policy_files_state.ts";
import type { EngineState } from "../core/audit/state.ts";
import { EngineError, TamperDetectedError } from "../core/errors.ts";
import { markDetails } from "../core/integrity/hold_marks.ts";
import { manifestFile, signatureFile } from "../core/integrity/manifest.ts";
import { policyFile, type PolicySnapshot } from "../core/integrity/policy_snapshot.ts";
import type { LockOutcome } from "../edge/cli/host.ts";
import { findLayout, type Surroundings } from "./environment.ts";
import { openLog } from "./open_install.ts";

/**
 * Locks the policy in force; nothing is recorded where the disk would not hold it.
 *
 * @throws {EngineError} `policy_unaccepted`, `policy_tampered` when the bytes on disk are not those
 *   in force: what nobody trusts is not locked in.
 */
export async function lockPolicy(
  surroundings: Surroundings,
  root: string | null,
): Promise<LockOutcome> {
  return await withLog(surroundings, root, (layout, state) => {
    const before = openPolicyStore(layout)();
    requireInForce(before, state);
    const files = lockFiles(pathsOf(layout, before));
    const outcome = outcomeOf(files, layout);
    const after = openPolicyStore(layout)();
    requireInForce(after, state);
    if (outcome.holds === "nothing") return { events: [], outcome };
    const details = {
      policy_digest: after.digest,
      ...markDetails(after.marks),
      fixed: after.marks?.fixed ?? "",
      holds: outcome.holds,
      files: files.length,
    };
    return { events: [{ type: policyFilesTypes.locked, severity: "HIGH", details }], outcome };
  });
}

/** Whatever the files hold: who changes a policy unlocks it first. */
export async function unlockPolicy(
  surroundings: Surroundings,
  root: string | null,
): Promise<LockOutcome> {
  return await withLog(surroundings, root, (layout) => {
    const outcome = outcomeOf(unlockFiles(pathsOf(layout, readable(layout))), layout);
    const after = readable(layout);
    const details = { policy_digest: after?.digest ?? null, ...markDetails(after?.marks) };
    return { events: [{ type: policyFilesTypes.unlocked, severity: "HIGH", details }], outcome };
  });
}

type Act = (
  layout: Layout,
  state: EngineState,
) => { readonly events: readonly NewEvent[]; readonly outcome: LockOutcome };

async function withLog(
  surroundings: Surroundings,
  root: string | null,
  act: Act,
): Promise<LockOutcome> {
  const layout = findLayout(surroundings, root);
  const { audit } = await openLog(surroundings, layout);
  const principal = surroundings.uid === null ? "user" : `uid:${surroundings.uid}`;
  try {
    const { result } = await audit.transact(({ state }) => {
      const { events, outcome } = act(layout, state);
      const signed = events.map((event) => ({
        ...event,
        details: { ...event.details, principal },
      }));
      return { events: signed, result: outcome };
    });
    return result;
  } finally {
    await audit.close();
  }
}

function requireInForce({ digest }: PolicySnapshot, { accepted }: EngineState): void {
  if (accepted === null) {
    throw new EngineError("policy_unaccepted", "Cannot lock a policy that is not in force", {
      hint: "run `sealward policy accept` or `sealward policy sign` first",
    });
  }
  if (accepted.policy_digest === digest) return;
  throw new TamperDetectedError(
    "policy_tampered",
    "Cannot lock: the policy on disk is not the one in force",
    { hint: "restore it, or review it and run `sealward policy accept`" },
  );
}

function readable(layout: Layout): PolicySnapshot | null {
  try {
    return openPolicyStore(layout)();
  } catch {
    return null;
  }
}

/** Every input, and what signs them; relative paths begin with `.scalpel/` wherever they lie. */
function pathsOf(layout: Layout, snapshot: PolicySnapshot | null): readonly string[] {
  const inputs = snapshot?.inputs.map(({ path }) => path) ?? [policyFile];
  const all = [...inputs, ...[manifestFile, signatureFile]].map((path) =>
    layout.policyFolder + path.slice(path.indexOf("/"))
  );
  return all.filter((path) => isThere(path));
}

/**
 * SECURITY: a second name of somebody else's file, planted here, would give that file the mode:
 * root's `policy unlock` would open what only root may read.
 *
 * @throws {EngineError} `policy_unreadable` for anything that is no plain file.
 */
function isThere(path: string): boolean {
  try {
    statPlain(path);
    return true;
  } catch (error) {
    if (!(error instanceof PlainFileError)) throw error;
    if (error.fault === "missing") return false;
    throw new EngineError("policy_unreadable", `Cannot change "${path}": ${error.message}`, {
      hint: "only plain files under one name are locked and unlocked: look at it, and remove it",
      cause: error,
    });
  }
}

function outcomeOf(files: readonly FileLock[], { policyPath }: Layout): LockOutcome {
  const holds = files.length === 0 || files.some(({ mode }) => (mode & 0o222) !== 0)
    ? "nothing"
    : files.every(({ isImmutable }) => isImmutable)
    ? "immutable"
    : "read_only";
  const listed = files.map(({ path, mode, isImmutable }) => ({
    path,
    mode: mode.toString(8).padStart(3, "0"),
    is_immutable: isImmutable,
  }));
  const mode = listed.find(({ path }) => path === policyPath)?.mode ?? "000";
  return { path: policyPath, mode, isLocked: holds !== "nothing", holds, files: listed };
}
