/**
 * What a signed policy consists of, as its manifest says. SPEC.md, "Manifest".
 *
 * @module
 */
import type { ManifestBacktest } from "./manifest_backtest.ts";

/** Where the manifest stands; its exact bytes are what is signed. */
export const manifestFile = ".scalpel/policy.manifest.json";
/** Where its signature stands: an armored SSHSIG. */
export const signatureFile = `${manifestFile}.sig`;
/** What a signature must be for; one made for anything else says nothing of a policy. */
export const signatureNamespace = "sealward-policy";

/** One file that a manifest covers. */
export interface ManifestFile {
  /** Below `.scalpel/`, with slashes, e.g. `.scalpel/tests/basic.yaml`. */
  readonly path: string;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
}

/** The wire form; every member is required. */
export interface Manifest {
  readonly schema_version: 1;
  /** Names the project, not the host: `[a-z0-9][a-z0-9._-]{0,127}`. Pinned by the log at first trust. */
  readonly project: string;
  /** From 1 to 2^53 - 1; each later policy has a higher one. */
  readonly policy_version: number;
  /** Oldest engine that may decide by this policy, `MAJOR.MINOR.PATCH`. */
  readonly min_engine: string;
  /** The engine that wrote the manifest. */
  readonly engine: string;
  /** Who signs, for people; proves nothing. */
  readonly signer: string;
  /** `YYYY-MM-DDTHH:MM:SSZ`. */
  readonly signed_at: string;
  /** From then on nothing is decided by it; null: never. */
  readonly expires_at: string | null;
  /** Sorted by path, at least the policy itself. */
  readonly files: readonly ManifestFile[];
  /** What replaying the log on this policy came to; null: nobody did. */
  readonly backtest: ManifestBacktest | null;
}
