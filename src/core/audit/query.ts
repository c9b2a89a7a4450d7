/**
 * Which verified entries a caller asked for. Filters see entries, never an index beside the log: an
 * index is not under the MAC and could hide them.
 *
 * @module
 */
import { EngineError } from "../errors.ts";
import type { Entry } from "./entry.ts";
import type { EventFilter } from "./event_filter.ts";
import { parseInstant } from "./instant.ts";

/** Collects what matches while entries stream by in log order; holds at most twice `limit`. */
export class EventSelection {
  readonly #filter: EventFilter;
  readonly #sinceMicros: number;
  readonly #untilMicros: number;
  readonly #limit: number;
  #kept: Entry[] = [];

  /** @throws {EngineError} `usage` when an instant is no ISO 8601 or `limit` no positive integer. */
  constructor(filter: EventFilter) {
    this.#filter = filter;
    this.#sinceMicros = readInstant("since", filter.since) ?? -Infinity;
    this.#untilMicros = readInstant("until", filter.until) ?? Infinity;
    this.#limit = readLimit(filter.limit);
  }

  /** Keeps the entry if it matches. */
  offer(entry: Entry): void {
    if (!this.#matches(entry)) return;
    // A follower must miss nothing: it is given the next entries, not the newest.
    if (this.#filter.afterSeq !== undefined && this.#kept.length >= this.#limit) return;
    this.#kept.push(entry);
    // Cut rarely: shifting one by one would cost the square of a long log.
    if (this.#kept.length >= 2 * this.#limit) this.#kept = this.#kept.slice(-this.#limit);
  }

  /** The newest that matched, or the first after the cursor; in log order. */
  get entries(): readonly Entry[] {
    return this.#limit === Infinity ? this.#kept : this.#kept.slice(-this.#limit);
  }

  #matches(entry: Entry): boolean {
    const { type, severity, afterSeq = -1 } = this.#filter;
    if (type !== undefined && entry.type !== type) return false;
    if (severity !== undefined && entry.severity !== severity) return false;
    if (entry.seq <= afterSeq) return false;
    if (this.#sinceMicros === -Infinity && this.#untilMicros === Infinity) return true;
    const atMicros = parseInstant(entry.at);
    return atMicros !== null && atMicros >= this.#sinceMicros && atMicros <= this.#untilMicros;
  }
}

function readInstant(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const micros = parseInstant(text);
  if (micros !== null) return micros;
  throw new EngineError("usage", `Cannot use "${name}": it is no instant`, {
    hint: "write it like 2026-11-22T18:00:00Z",
  });
}

function readLimit(limit: number | undefined): number {
  if (limit === undefined) return Infinity;
  if (Number.isInteger(limit) && limit > 0) return limit;
  throw new EngineError("usage", `Cannot use a limit of ${limit}: wanted a positive integer`);
}
