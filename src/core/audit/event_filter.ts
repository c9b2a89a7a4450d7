/**
 * Filters of `audit query`; every option left out matches everything.
 *
 * @module
 */
import type { Severity } from "../policy/policy.ts";

export interface EventFilter {
  readonly type?: string;
  readonly severity?: Severity;
  /** ISO 8601 instants, inclusive. */
  readonly since?: string;
  readonly until?: string;
  /** Only entries with a greater sequence number: the cursor of a follower. */
  readonly afterSeq?: number;
  /** The newest `limit` entries, or after a cursor the next ones; in log order either way. */
  readonly limit?: number;
}
