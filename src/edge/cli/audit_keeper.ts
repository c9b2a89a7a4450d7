/**
 * What a human does to keep a log: close its segment, remove and copy older ones, change its key,
 * accept a loss. Implemented where everything is wired together. Members that are printed as they are
 * have the names of the wire.
 *
 * @module
 */
import type { LogVerdict } from "../../core/audit/log_report.ts";

/** A closed segment. */
export interface SegmentFacts {
  readonly segment: number;
  readonly entries: number;
  readonly first_seq: number;
  readonly last_seq: number;
  /** UTC, as the entries say. */
  readonly first_at: string;
  readonly last_at: string;
  readonly bytes: number;
  /** Of the whole file, hex. */
  readonly sha256: string;
  /** `SEQ:` and the first 20 digits of the last entry's MAC: an anchor to note elsewhere. */
  readonly head_code: string;
}

/** Which of the oldest segments go: those before one, or all but the newest. */
export type PruneRange =
  | { readonly kind: "before"; readonly segment: number }
  | { readonly kind: "keep"; readonly count: number };

/** What is about to be removed; nothing is until `run`. */
export interface PrunePlan {
  /** Oldest first; none when nothing is to be done. */
  readonly segments: readonly SegmentFacts[];
  /** Of these, how many an entry named before: an earlier run was cut short. */
  readonly named: number;
  readonly verdict: LogVerdict;
  readonly run: (reason: string) => Promise<PruneReport>;
}

export interface PruneReport {
  /** Sequence numbers of the entries that name them. */
  readonly seqs: readonly number[];
  /** Files of `input/` that nothing names any more. */
  readonly inputs: { readonly count: number; readonly bytes: number };
}

export interface ArchiveRequest {
  /** Null: every closed one. */
  readonly range: { readonly first: number; readonly last: number } | null;
  /** Absolute; an existing folder. */
  readonly folder: string;
}

export interface ArchiveReport {
  /** Every segment of the range, as it is in the folder now. */
  readonly segments: readonly ArchivedSegment[];
  /** Of the entry; null when there was nothing to copy. */
  readonly seq: number | null;
}

export interface ArchivedSegment {
  readonly segment: number;
  readonly sha256: string;
  readonly file: string;
  readonly proof: string;
  /** False when both files were there already. */
  readonly copied: boolean;
}

/** Where the root secret is: in the state folder, given from outside, or only an epoch's is here. */
export type SecretHome = "stored" | "given" | "epoch";

export interface KeyChangePlan {
  readonly home: SecretHome;
  /** Where the one in use comes from: never its value. */
  readonly source: string;
  /** Names of the secrets, 8 hex digits. */
  readonly from: string;
  /** Null: a secret that is made when it is needed. */
  readonly to: string | null;
  /** An earlier run was cut short; this one ends it. */
  readonly isBegun: boolean;
  readonly run: (reason: string) => Promise<KeyChangeReport>;
}

export interface KeyChangeReport {
  readonly from: string;
  readonly to: string;
  /** Which is under the new key. */
  readonly segment: number;
}

export interface ForwardSecurePlan {
  /** Files that will hold the root secrets; the newest first. */
  readonly files: readonly string[];
  readonly source: string;
  /** The epoch whose secret stays. */
  readonly epoch: number;
  /** What is left to people afterwards. */
  readonly next: readonly string[];
  readonly run: () => Promise<void>;
}

export interface RollbackPlan {
  readonly lost_from: number;
  readonly lost_to: number;
  readonly lost_mac: string;
  /** The last entry there is. */
  readonly head_seq: number;
  /** An entry accepted it before; only heads and marks are to be written. */
  readonly isBegun: boolean;
  readonly run: (reason: string) => Promise<number | null>;
}

/** Each gives up every permission that its act does not need; one act for one process. */
export interface AuditKeeper {
  readonly rotate: () => Promise<SegmentFacts>;
  /**
   * @param secretFiles Absolute; secrets of the past that are not kept here.
   * @throws {EngineError} Unless the log verifies.
   */
  readonly planPrune: (range: PruneRange, secretFiles: readonly string[]) => Promise<PrunePlan>;
  readonly archive: (request: ArchiveRequest) => Promise<ArchiveReport>;
  /** @param newSecretFile Absolute; null: a new random secret, where one may be stored. */
  readonly planKeyChange: (newSecretFile: string | null) => KeyChangePlan;
  /** @param secretOut Absolute. @throws {EngineError} What stands against such a file. */
  readonly requireSecretOut: (secretOut: string) => void;
  readonly planForwardSecure: (secretOut: string) => Promise<ForwardSecurePlan>;
  readonly planRollback: () => Promise<RollbackPlan>;
}
