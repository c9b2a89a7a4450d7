/**
 * How much of what the log holds, in one pass and bounded memory (see tally.ts). Pure.
 *
 * @module
 */
import type { Entry } from "../audit/entry.ts";
import { readLoggedFields } from "../audit/export/logged_fields.ts";
import { encodeBody, macSuffixBytes } from "../audit/line.ts";
import type { JsonObject } from "../operation/operation.ts";
import type { Severity } from "../policy/policy.ts";
import { OverrideCounts, type OverrideReport } from "./override_counts.ts";
import { type Ranking, Tally } from "./tally.ts";

/** Entries of a span of time, in all and by severity. */
export interface SpanRow extends Readonly<Record<Severity, number>> {
  /** `2026-11-22` or `2026-11-22T18`, UTC. */
  readonly span: string;
  readonly entries: number;
  readonly bytes: number;
}

/** A name, and how often it was met. */
export interface CountedName {
  readonly name: string;
  readonly entries: number;
}

/** Where the counted entries begin and end. */
export interface EntryPlace {
  readonly seq: number;
  readonly at: string;
}

/** Wire form (docs/export.md, "audit stats"); keys are only ever added. */
export interface LogStats {
  readonly schema_version: 1;
  /** See encodeFilter. */
  readonly filter: JsonObject;
  readonly entries: number;
  /** Bytes of their lines. */
  readonly bytes: number;
  /** Null for no entries. */
  readonly first: EntryPlace | null;
  readonly last: EntryPlace | null;
  /** Mean growth between first and last; null where they are less than an hour apart. */
  readonly bytes_per_day: number | null;
  readonly types: Ranking<CountedName>;
  readonly severities: Readonly<Record<Severity, number>>;
  /** `allow` includes `would_deny`. */
  readonly decisions: Readonly<Record<"allow" | "ask" | "deny" | "would_deny", number>>;
  /** Hours and days that have entries, oldest first: the newest 744 hours, 1,000 days. */
  readonly hours: readonly SpanRow[];
  readonly days: readonly SpanRow[];
  /** Requests for approvals among the counted entries, and what people answered. */
  readonly overrides: Omit<OverrideReport, "grants">;
  /** What decisions that denied were about. */
  readonly denied: {
    readonly policies: Ranking<CountedName>;
    readonly paths: Ranking<CountedName>;
    readonly principals: Ranking<CountedName>;
  };
}

const maxHours = 744;
const maxDays = 1_000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Counts entries in log order; holds as much for ten million of them as for ten thousand. */
export class LogStatsBuilder {
  readonly #top: number;
  readonly #types = counter();
  readonly #policies = counter();
  readonly #paths = counter();
  readonly #principals = counter();
  readonly #overrides: OverrideCounts;
  readonly #severities = { LOW: 0, MEDIUM: 0, HIGH: 0, CRITICAL: 0 };
  readonly #decisions = { allow: 0, ask: 0, deny: 0, would_deny: 0 };
  readonly #hours = new Spans(13, maxHours);
  readonly #days = new Spans(10, maxDays);
  #entries = 0;
  #bytes = 0;
  #first: EntryPlace | null = null;
  #last: EntryPlace | null = null;

  /** @param top Rows of each ranking, 1 to 1,000. */
  constructor(top: number) {
    this.#top = top;
    this.#overrides = new OverrideCounts(top);
  }

  add(entry: Entry): void {
    this.#overrides.add(entry);
    const bytes = encodeBody(entry).length + macSuffixBytes + 1;
    const { seq, at, type, severity } = entry;
    this.#entries++;
    this.#bytes += bytes;
    this.#first ??= { seq, at };
    this.#last = { seq, at };
    this.#severities[severity]++;
    for (const spans of [this.#hours, this.#days]) spans.add(at, severity, bytes);
    count(this.#types, type);
    if (type === "audit.decision") this.#addDecision(entry);
  }

  #addDecision(entry: Entry): void {
    const { decision, violated, files, target, principal } = readLoggedFields(entry);
    if (decision !== "allow" && decision !== "ask" && decision !== "deny") return;
    this.#decisions[decision]++;
    if (entry.details["would_deny"] === true) this.#decisions.would_deny++;
    if (decision !== "deny") return;
    for (const policy of violated) count(this.#policies, policy);
    for (const path of files.length > 0 ? new Set(files) : [target ?? ""]) {
      if (path !== "") count(this.#paths, path);
    }
    if (principal !== null) count(this.#principals, principal);
  }

  finish(filter: JsonObject): LogStats {
    const rank = (tally: NameTally) => tally.rank(this.#top, ({ entries }) => entries);
    const [first, last] = [this.#first, this.#last];
    const { grants: _, ...overrides } = this.#overrides.report;
    return {
      schema_version: 1,
      filter,
      entries: this.#entries,
      bytes: this.#bytes,
      first,
      last,
      bytes_per_day: growth(first, last, this.#bytes),
      types: rank(this.#types),
      severities: this.#severities,
      decisions: this.#decisions,
      hours: this.#hours.rows,
      days: this.#days.rows,
      overrides,
      denied: {
        policies: rank(this.#policies),
        paths: rank(this.#paths),
        principals: rank(this.#principals),
      },
    };
  }
}

type NameTally = Tally<Mutable<CountedName>>;

function counter(): NameTally {
  return new Tally((name) => ({ name, entries: 0 }));
}

function count(tally: NameTally, name: string): void {
  const row = tally.at(name);
  if (row !== null) row.entries++;
}

/** The newest spans: clocks are informative, and a log may hold any of them in any order. */
class Spans {
  readonly #length: number;
  readonly #max: number;
  #rows = new Map<string, Mutable<SpanRow>>();

  /** @param length Characters of an instant that name the span. */
  constructor(length: number, max: number) {
    this.#length = length;
    this.#max = max;
  }

  add(at: string, severity: Severity, bytes: number): void {
    const span = at.slice(0, this.#length);
    let row = this.#rows.get(span);
    if (row === undefined) {
      row = { span, entries: 0, bytes: 0, LOW: 0, MEDIUM: 0, HIGH: 0, CRITICAL: 0 };
      this.#rows.set(span, row);
      if (this.#rows.size >= 2 * this.#max) this.#rows = new Map(this.#newest());
    }
    row.entries++;
    row.bytes += bytes;
    row[severity]++;
  }

  get rows(): readonly SpanRow[] {
    return this.#newest().map(([, row]) => row);
  }

  #newest(): [string, Mutable<SpanRow>][] {
    return [...this.#rows].sort(([a], [b]) => a < b ? -1 : 1).slice(-this.#max);
  }
}

const dayMillis = 86_400_000;

function growth(first: EntryPlace | null, last: EntryPlace | null, bytes: number): number | null {
  if (first === null || last === null) return null;
  const days = (Date.parse(last.at) - Date.parse(first.at)) / dayMillis;
  return days >= 1 / 24 ? Math.round(bytes / days) : null;
}
