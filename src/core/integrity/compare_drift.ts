/**
 * Where the proposal in a workspace is not the installed policy, and what it would be worth.
 *
 * @module
 */
import type { EngineError } from "../errors.ts";
import type { NewPolicy } from "./judge_trust.ts";
import { type Manifest, manifestFile, signatureFile } from "./manifest.ts";
import { parseManifest } from "./parse_manifest.ts";
import type { PolicySnapshot } from "./policy_snapshot.ts";
import type { Trust } from "./trust.ts";

export interface DriftedFile {
  readonly path: string;
  /** What the proposal does to it. */
  readonly change: "added" | "changed" | "removed";
  /** SHA-256 in hex; null where it is not there. */
  readonly installed_sha256: string | null;
  readonly proposed_sha256: string | null;
}

/** Wire form. */
export interface DriftReport {
  readonly status: "none" | "differs";
  readonly files: readonly DriftedFile[];
  /** Null where it was never signed. */
  readonly installed_version: number | null;
  readonly proposed_version: number | null;
  /** `signed`: `policy install` would take it. */
  readonly proposal: "absent" | "unreadable" | "unsigned" | "signed" | "refused";
  /** One sentence for people. */
  readonly message: string;
}

/** What was found in the workspace; null when it proposes nothing. */
export interface Proposal {
  readonly found: PolicySnapshot | EngineError;
  /** Judged with the installed policy as the newest known; null where no key is trusted. */
  readonly trust: Trust | NewPolicy | null;
}

/** @param installed Read with what a signature is about, as the proposal. */
export function compareDrift(installed: PolicySnapshot, proposal: Proposal | null): DriftReport {
  const installedVersion = manifestOf(installed)?.policy_version ?? null;
  const base = { installed_version: installedVersion, proposed_version: null, files: [] };
  if (proposal === null) {
    const message = "The workspace proposes no policy: the installed one stands";
    return { ...base, status: "none", proposal: "absent", message };
  }
  const { found, trust } = proposal;
  if (!("digest" in found)) {
    return { ...base, status: "differs", proposal: "unreadable", message: found.message };
  }
  const files = compareFiles(digestsOf(installed), digestsOf(found));
  const isSigned = trust?.status === "new" || (files.length === 0 && installedVersion !== null);
  return {
    installed_version: installedVersion,
    proposed_version: manifestOf(found)?.policy_version ?? null,
    files,
    status: files.length === 0 ? "none" : "differs",
    proposal: isSigned ? "signed" : hasPair(found) ? "refused" : "unsigned",
    message: files.length === 0
      ? "The workspace proposes the installed policy"
      : describe(found, trust, installedVersion),
  };
}

function describe(
  found: PolicySnapshot,
  trust: Proposal["trust"],
  installedVersion: number | null,
): string {
  if (trust?.status === "new") {
    const from = installedVersion === null ? "an unsigned one" : `version ${installedVersion}`;
    return `The workspace proposes version ${trust.manifest.policy_version}, validly signed, ` +
      `instead of ${from}: \`sealward policy install\` as root puts it in force`;
  }
  if (!hasPair(found)) {
    return "The workspace proposes another policy, not signed yet: the installed one stands; sign " +
      "it with `sealward policy sign`, then run `sealward policy install` as root";
  }
  const why = trust?.message ?? "no key is trusted on this host";
  return `The workspace proposes a policy that would not be taken, and the installed one stands: ` +
    why;
}

function hasPair({ signed }: PolicySnapshot): boolean {
  return Boolean(signed?.manifest) && Boolean(signed?.signature);
}

/** What its manifest says; null where there is none that can be read. Proves nothing. */
export function manifestOf({ signed }: PolicySnapshot): Manifest | null {
  try {
    return signed?.manifest ? parseManifest(signed.manifest.bytes) : null;
  } catch {
    return null;
  }
}

function digestsOf({ inputs, signed }: PolicySnapshot): ReadonlyMap<string, string> {
  const files = [...inputs, ...signed?.covered ?? []];
  const digests = new Map(files.map(({ path, sha256 }) => [path, sha256]));
  if (signed?.manifest) digests.set(manifestFile, signed.manifest.sha256);
  if (signed?.signature) digests.set(signatureFile, signed.signature.sha256);
  return digests;
}

function compareFiles(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly DriftedFile[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((path) => {
    const installed = before.get(path) ?? null;
    const proposed = after.get(path) ?? null;
    if (installed === proposed) return [];
    const change = installed === null ? "added" : proposed === null ? "removed" : "changed";
    return [{ path, change, installed_sha256: installed, proposed_sha256: proposed }];
  });
}
