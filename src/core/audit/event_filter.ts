/**
 * Filters over verified entries (`audit query`, `tail`, `stats`, `export`); every option left out
 * matches everything, those given must all fit.
 *
 * @module
 */
import type { Verdict } from "../decision/decision.ts";
import type { Severity } from "../policy/policy.ts";

export interface EventFilter {
  /** One type, or any of several. */
  readonly type?: string | readonly string[];
  /** One severity, or any of several. */
  readonly severity?: Severity | readonly Severity[];
  readonly minSeverity?: Severity;
  /** Inclusive: ISO 8601 with zone, or a span before now (see parseTimeBound). */
  readonly since?: string;
  readonly until?: string;
  /** Label `agent.name` of a decision's operation. */
  readonly agent?: string;
  /** Label `agent.session` of a decision's operation, or `session` of what was reported of it. */
  readonly session?: string;
  /** Who asked: `uid:1000`, `token:agent`. The engine's word, never a label of a caller. */
  readonly principal?: string;
  /** Decisions with this verdict. */
  readonly decision?: Verdict;
  /** Decisions that name this dotted policy id as violated. */
  readonly policy?: string;
  /** Decisions whose files or effects match this pattern (operation/SPEC.md, section 2). */
  readonly file?: string;
  /** Only entries with a greater sequence number: the cursor of a follower. */
  readonly afterSeq?: number;
  /** The newest `limit` entries, or after a cursor the next ones; in log order either way. */
  readonly limit?: number;
}
