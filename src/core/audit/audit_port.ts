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
  /** Verified entries from genesis; throws at the first finding. */
  readonly readVerified: () => AsyncIterable<Entry>;
  readonly verifyAll: () => Promise<LogReport>;
}
