/**
 * Which verified entries a caller asked for. Filters see entries, never an index beside the log: an
 * index is not under the MAC and could hide them.
 *
 * @module
 */
import { EngineError } from "../errors.ts";
import type { Entry } from "./entry.ts";
import type { EventFilter } from "./event_filter.ts";
import { EventMatcher, type FilterContext } from "./event_matcher.ts";

/** Collects what matches while entries stream by in log order; holds at most twice `limit`. */
export class EventSelection {
  readonly #matcher: EventMatcher;
  readonly #isFollowing: boolean;
  readonly #limit: number;
  #kept: Entry[] = [];

  /** @throws {EngineError} `usage` when the filter is none (see EventMatcher) or `limit` is not positive. */
  constructor(filter: EventFilter, context: FilterContext) {
    this.#matcher = new EventMatcher(filter, context);
    this.#isFollowing = filter.afterSeq !== undefined;
    this.#limit = readLimit(filter.limit);
  }

  /** Keeps the entry if it matches. */
  offer(entry: Entry): void {
    // A follower must miss nothing: it is given the next entries, not the newest.
    if (this.#isFollowing && this.#kept.length >= this.#limit) return;
    if (!this.#matcher.matches(entry)) return;
    this.#kept.push(entry);
    // Cut rarely: shifting one by one would cost the square of a long log.
    if (this.#kept.length >= 2 * this.#limit) this.#kept = this.#kept.slice(-this.#limit);
  }

  /** The newest that matched, or the first after the cursor; in log order. */
  get entries(): readonly Entry[] {
    return this.#limit === Infinity ? this.#kept : this.#kept.slice(-this.#limit);
  }
}

function readLimit(limit: number | undefined): number {
  if (limit === undefined) return Infinity;
  if (Number.isInteger(limit) && limit > 0) return limit;
  throw new EngineError("usage", `Cannot use a limit of ${limit}: wanted a positive integer`);
}
