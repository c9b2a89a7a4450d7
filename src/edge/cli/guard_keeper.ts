/**
 * What commands about guarded installs need from the machine; implemented in compose/guarded/.
 *
 * @module
 */
import type { DriftReport } from "../../core/integrity/compare_drift.ts";
import type { PolicySnapshot } from "../../core/integrity/policy_snapshot.ts";

export interface GuardKeeper {
  /**
   * Looks at everything that stands against a guarded install; only root may ask.
   *
   * @throws {EngineError} What does.
   */
  readonly plan: (request: GuardedRequest) => Promise<GuardedPlan>;
  /**
   * Reads and verifies the workspace's proposal; only root may ask.
   *
   * @returns Null when it is the installed policy.
   * @throws {EngineError} `signature_required` for one that nobody signed; `policy_tampered` for one
   *   that is older, of another project, changed since it was signed, or signed by a stranger; what
   *   stands against its text.
   */
  readonly planPolicy: (root: string | null) => Promise<PolicyPlan | null>;
  /** @throws {EngineError} `usage` for a local install. */
  readonly readDrift: (root: string | null) => Promise<DriftReport>;
}

/** A signed proposal that may be installed; nothing is written yet. */
export interface PolicyPlan {
  readonly version: number;
  readonly signer: string;
  readonly key: string;
  readonly digest: string;
  readonly files: readonly PolicyFileChange[];
  /** Puts exactly what was verified in the place of the installed policy. */
  readonly run: () => Promise<void>;
}

/** How one file changes; null where it is not there. */
export interface PolicyFileChange {
  readonly path: string;
  readonly before: Uint8Array | null;
  readonly after: Uint8Array | null;
}

/** What `init --guarded` is asked for. */
export interface GuardedRequest {
  readonly root: string;
  /** A user's name, or a uid in digits. */
  readonly agent: string;
  readonly engineUser: string;
  /** Null: the first that no other guarded install has. */
  readonly port: number | null;
  readonly isGuide: boolean;
}

/** A guarded install that nothing stands against; nothing is made yet. */
export interface GuardedPlan {
  /** The policy it begins with. */
  readonly snapshot: PolicySnapshot;
  /** Written by us: nobody need look at it first. */
  readonly isOwn: boolean;
  /** Makes all of it, or nothing. */
  readonly run: () => Promise<GuardedResult>;
}

/** What was made. */
export interface GuardedResult {
  readonly root: string;
  readonly id: string;
  readonly port: number;
  readonly engineUser: string;
  readonly isNewUser: boolean;
  readonly agentUser: string;
  readonly tokenFile: string;
  readonly unitPath: string;
  readonly policyFolder: string;
  readonly stateFolder: string;
  readonly policyDigest: string;
  /** What lessens the promise, one sentence each. */
  readonly warnings: readonly string[];
}
