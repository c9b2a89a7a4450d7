/**
 * Reads the installed policy of a guarded install: root's files only, and all of one installation.
 *
 * @module
 */
import { EngineError } from "../core/errors.ts";
import { manifestFile, signatureFile } from "../core/integrity/manifest.ts";
import type { PolicySnapshot } from "../core/integrity/policy_snapshot.ts";
import type { PolicyReach } from "../core/ports.ts";
import type { Layout } from "./layout.ts";
import { openPolicyStore } from "./policy_store.ts";
import { findPlaceFault } from "./trusted_place.ts";

type Read = (reach?: PolicyReach) => PolicySnapshot;

/** `policy install` takes far less between its two renames; a reader waits no longer than this. */
const maxTries = 25;
const pauseMs = 2;

/**
 * Opens the installed policy.
 *
 * @returns A reader that throws `policy_unreadable` when somebody but root could have written what
 *   it reads, and that never mixes two installations: a folder that was replaced while it was read
 *   is read again.
 */
export function openInstalledPolicy({ policyFolder }: Pick<Layout, "policyFolder">): Read {
  const read = openPolicyStore({ policyFolder });
  let trusted: PolicySnapshot | null = null;
  return (reach) => {
    const snapshot = readWhole(policyFolder, () => read(reach));
    // The same object is the same files by device, inode, times, owner and mode.
    if (snapshot !== trusted) requireRoots(policyFolder, snapshot);
    return trusted = snapshot;
  };
}

/** SECURITY: one file of the old set and one of the new would be a policy nobody made. */
function readWhole(folder: string, read: () => PolicySnapshot): PolicySnapshot {
  for (let turn = 1;; turn++) {
    const before = identityOf(folder);
    const outcome = attempt(read);
    const isSame = before !== null && identityOf(folder) === before;
    if (isSame || turn === maxTries) {
      if ("error" in outcome) throw outcome.error;
      if (isSame) return outcome.snapshot;
      throw new EngineError("policy_unreadable", `Cannot read "${folder}": it keeps changing`, {
        hint: "look for a `sealward policy install` that was cut short, and run it again",
      });
    }
    // Waiting is synchronous on purpose: nothing else may come between reading and deciding.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
  }
}

function attempt(
  read: () => PolicySnapshot,
): { readonly snapshot: PolicySnapshot } | { readonly error: unknown } {
  try {
    return { snapshot: read() };
  } catch (error) {
    return { error };
  }
}

/** Null while there is none. */
function identityOf(folder: string): string | null {
  try {
    const { dev, ino } = Deno.lstatSync(folder);
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}

function requireRoots(policyFolder: string, { files, signed }: PolicySnapshot): void {
  const paths = [
    ...files.keys(),
    ...(signed?.covered ?? []).map(({ path }) => path),
    ...(signed?.manifest ? [manifestFile] : []),
    ...(signed?.signature ? [signatureFile] : []),
  ];
  const rules = { owners: [0], kind: "file" } as const;
  for (const path of new Set(paths)) {
    const fault = findPlaceFault(`${policyFolder}/${path.slice(".scalpel/".length)}`, rules);
    if (fault === null) continue;
    throw new EngineError(
      "policy_unreadable",
      `Cannot trust the installed policy: "${fault.path}": ${fault.why}`,
      { hint: fault.fix ?? "run `sealward policy install` again" },
    );
  }
}
