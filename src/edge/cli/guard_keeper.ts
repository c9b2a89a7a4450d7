/**
 * What commands about guarded installs need from the machine; implemented in compose/guarded/.
 *
 * @module
 */
import type { PolicySnapshot } from "../../core/integrity/policy_snapshot.ts";

export interface GuardKeeper {
  /**
   * Looks at everything that stands against a guarded install; only root may ask.
   *
   * @throws {EngineError} What does.
   */
  readonly plan: (request: GuardedRequest) => Promise<GuardedPlan>;
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
