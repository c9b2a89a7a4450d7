/**
 * What a human needs to sign policies; works on a checkout, without an install.
 *
 * @module
 */
import type { Manifest } from "../../core/integrity/manifest.ts";
import type { NewPolicy } from "../../core/integrity/judge_trust.ts";
import type { PolicySnapshot, SignedFiles } from "../../core/integrity/policy_snapshot.ts";
import type { Trust } from "../../core/integrity/trust.ts";
import type { TrustedKey } from "../../core/integrity/trusted_key.ts";
import type { LintFinding } from "../../core/policy/lint_policy.ts";

/** A key that signs. */
export interface SigningKey extends TrustedKey {
  /** The armored signature of a manifest's bytes. */
  readonly sign: (manifest: Uint8Array) => Uint8Array;
}

/** A key pair that was just made. */
export interface CreatedKey {
  /** Absolute. */
  readonly path: string;
  readonly publicPath: string;
  readonly fingerprint: string;
  /** For `trusted_keys`, without LF. */
  readonly line: string;
}

/** The policy of a checkout as it was read. */
export interface Checkout {
  /** Real path. */
  readonly root: string;
  readonly policyFolder: string;
  readonly snapshot: PolicySnapshot;
  readonly signed: SignedFiles;
}

/** The manifest that lies there. */
export interface PreviousManifest {
  readonly manifest: Manifest;
  /** Whether a key that is trusted here, or the one that signs now, signed it. */
  readonly isVerified: boolean;
}

export interface PolicySigner {
  /** Keys this host trusts. */
  readonly trustedKeys: readonly TrustedKey[];
  /**
   * Makes a key pair: FILE (0600) and FILE.pub.
   *
   * @throws {EngineError} `secret_unsafe` inside a project, `output_unwritable`.
   */
  readonly createKey: (path: string, comment: string) => CreatedKey;
  /** @throws {EngineError} `secret_missing`, `secret_unsafe`, `secret_invalid`. */
  readonly openKey: (path: string, checkout: Checkout) => SigningKey;
  /** Public keys of a file as OpenSSH writes them. */
  readonly readPublicKeys: (path: string) => readonly TrustedKey[];
  readonly read: (root: string | null) => Checkout;
  /** Null where none lies there. @throws {EngineError} `manifest_invalid` */
  readonly readPrevious: (
    checkout: Checkout,
    keys: readonly TrustedKey[],
  ) => PreviousManifest | null;
  /** Throws what stands against the policy's text. */
  readonly refuseFaulty: (checkout: Checkout) => void;
  /** What lint says that does not stop the policy. */
  readonly lint: (checkout: Checkout) => readonly LintFinding[];
  /** What the pair is worth under these keys, for a host that has seen no policy yet. */
  readonly judge: (checkout: Checkout, keys: readonly TrustedKey[]) => Trust | NewPolicy;
  /**
   * Puts manifest and signature in place, durably. Without a signature an old one goes.
   *
   * @throws {EngineError} `policy_tampered` when the files are no longer those of `checkout`;
   *   `output_unwritable`.
   */
  readonly write: (
    checkout: Checkout,
    manifest: Uint8Array,
    signature: Uint8Array | null,
    /** The backtest report that the manifest names; left out: none. */
    report?: Uint8Array | null,
  ) => void;
  /** Bytes of a backtest report. @throws {EngineError} `backtest_invalid` */
  readonly readReport: (path: string) => Uint8Array;
  readonly nowMs: () => number;
  /** 8 hex digits that nobody can guess. */
  readonly randomName: () => string;
}
