/**
 * The log, as the use case needs it.
 *
 * @module
 */
import type { Entry, Head, NewEvent, Receipt } from "./entry.ts";
import type { LogReport } from "./log_report.ts";
import type { EngineState } from "./state.ts";

/** What a transaction on the log sees: everything other processes appended included. */
export interface AuditView {
  readonly state: EngineState;
  readonly stateDigest: string;
  readonly head: Head;
}

/** Reads a log as it grows. */
export interface AuditFollower {
  /**
   * Verified entries behind those already given out: from genesis the first time, then only what is
   * new since the follower's own verified position. Throws at the first finding, and from then on.
   */
  readonly readNew: () => AsyncIterable<Entry>;
}

export interface AuditPort {
  /**
   * Runs `build` under the log's lock; resolves only when its events are durable.
   *
   * @param use `isOptional` events are refused (`audit_full`) as soon as the disk is nearly full.
   */
  readonly transact: <T>(
    build: (view: AuditView) => { readonly events: readonly NewEvent[]; readonly result: T },
    use?: { readonly isOptional?: boolean },
  ) => Promise<{ readonly result: T; readonly receipts: readonly Receipt[] }>;
  /**
   * Verified entries from genesis, or those from `fromSeq` on; throws at the first finding. There is
   * no way to get an entry that was not verified.
   */
  readonly readVerified: (fromSeq?: number) => AsyncIterable<Entry>;
  /** A reader that keeps its own verified position. */
  readonly followVerified: () => AuditFollower;
  readonly verifyAll: () => Promise<LogReport>;
}
