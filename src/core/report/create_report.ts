/**
 * Verified entries in, report out, in one pass and bounded memory (see tally.ts). Pure.
 *
 * @module
 */
import type { Entry } from "../audit/entry.ts";
import { findReleases } from "./find_releases.ts";
import { LogEvents } from "./log_events.ts";
import {
  describeOperation,
  exceededValue,
  isStopped,
  type LoggedDecision,
  readLoggedDecision,
} from "./logged_decision.ts";
import { OperationCounts } from "./operation_counts.ts";
import { OverrideCounts } from "./override_counts.ts";
import { ProposalCounts } from "./proposal_counts.ts";
import type { DayRow, Example, Report, ReportFilter, StopRow, UnverifiedRow } from "./report.ts";
import { type PolicyView, stopReasons, subjectOf } from "./stop_reasons.ts";
import { Tally } from "./tally.ts";

export interface ReportOptions extends PolicyView {
  /** Already applied to times by whoever read the entries; agent and session are applied here. */
  readonly filter: ReportFilter;
  /** Rows of each ranking, 1 to 1,000. */
  readonly top: number;
}

const maxDays = 366;
const maxExamples = 3;

/** Counts entries in log order. */
export function createReport(entries: Iterable<Entry>, options: ReportOptions): Report {
  const builder = new ReportBuilder(options);
  for (const entry of entries) builder.add(entry);
  return builder.finish();
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Takes entries one by one, in log order; holds no entry. */
export class ReportBuilder {
  readonly #options: ReportOptions;
  readonly #events: LogEvents;
  readonly #overrides: OverrideCounts;
  readonly #counts = new OperationCounts();
  readonly #proposal = new ProposalCounts();
  readonly #decisions = { count: 0, allow: 0, ask: 0, deny: 0, would_deny: 0, warned: 0 };
  readonly #days = new Tally<Mutable<DayRow>>(
    (day) => ({ day, allow: 0, ask: 0, deny: 0, would_deny: 0 }),
  );
  readonly #stops = new Tally<{ row: Mutable<StopRow> | null; examples: Example[] }>(
    () => ({ row: null, examples: [] }),
  );
  readonly #unverified = new Tally<{ row: Mutable<UnverifiedRow> | null }>(() => ({ row: null }));
  #range: Mutable<NonNullable<Report["range"]>> | null = null;

  constructor(options: ReportOptions) {
    this.#options = options;
    this.#events = new LogEvents(options.top);
    this.#overrides = new OverrideCounts(options.top);
  }

  add(entry: Entry): void {
    this.#overrides.add(entry);
    const decision = readLoggedDecision(entry);
    if (decision === null) this.#events.add(entry);
    else if (this.#isWanted(decision)) this.#addDecision(decision);
  }

  #isWanted({ agent, session }: LoggedDecision): boolean {
    const { filter } = this.#options;
    return (filter.agent === null || filter.agent === agent) &&
      (filter.session === null || filter.session === session);
  }

  #addDecision(decision: LoggedDecision): void {
    const { seq, at, verdict, wouldDeny } = decision;
    this.#range ??= { first_seq: seq, last_seq: seq, first_at: at, last_at: at };
    this.#range.last_seq = seq;
    this.#range.last_at = at;
    this.#decisions.count++;
    if (decision.warned.length > 0) this.#decisions.warned++;
    for (const row of [this.#decisions, this.#days.at(at.slice(0, 10))]) {
      if (row === null) continue;
      row[verdict]++;
      if (wouldDeny) row.would_deny++;
    }
    this.#counts.add(decision, this.#options.root);
    if (!isStopped(decision)) return;
    const releases = findReleases(decision, this.#options);
    this.#proposal.add(releases, exampleOf(decision));
    this.#addStops(decision, releases !== null);
    this.#addUnverified(decision);
  }

  #addStops(decision: LoggedDecision, isReleased: boolean): void {
    for (const reason of stopReasons(decision, this.#options)) {
      const { policy, code, pattern, subject } = reason;
      const slot = this.#stops.at(JSON.stringify([policy, code, pattern, subject]));
      if (slot === null) continue;
      slot.row ??= { ...reason, ...noStops, examples: slot.examples };
      if (isReleased) slot.row.released++;
      const value = exceededValue(decision);
      if (value !== null) slot.row.highest = Math.max(value, slot.row.highest ?? 0);
      if (decision.verdict === "deny") slot.row.denied++;
      else if (decision.verdict === "ask") slot.row.asked++;
      else slot.row.would_deny++;
      const example = exampleOf(decision);
      const isNew = slot.examples.every(({ what }) => what !== example.what);
      if (isNew && slot.examples.length < maxExamples) slot.examples.push(example);
    }
  }

  #addUnverified(decision: LoggedDecision): void {
    for (const code of decision.codes) {
      const kind = whyUnverified(code, decision);
      if (kind === null) continue;
      const subject = subjectOf(decision);
      // Reasons quote words of the agent's: told apart by them, one cause would fill the list.
      const slot = this.#unverified.at(JSON.stringify([code, subject, kind]));
      if (slot === null) continue;
      const why = quotedReason(decision) ?? kind;
      slot.row ??= { code, subject, why, operations: 0, example: exampleOf(decision) };
      slot.row.operations++;
    }
  }

  finish(): Report {
    const { filter, top } = this.#options;
    const stops = this.#stops.rank(top, ({ row }) => row === null ? 0 : totalOf(row));
    const unverified = this.#unverified.rank(top, ({ row }) => row?.operations ?? 0);
    return {
      schema_version: 1,
      filter,
      range: this.#range,
      decisions: this.#decisions,
      days: this.#days.rows.toSorted((a, b) => a.day < b.day ? -1 : 1).slice(-maxDays),
      ...this.#counts.rank(top),
      stops: { ...stops, rows: stops.rows.flatMap(({ row }) => row ?? []) },
      unverified: { ...unverified, rows: unverified.rows.flatMap(({ row }) => row ?? []) },
      events: this.#events.lists,
      overrides: this.#overrides.report,
      proposal: this.#proposal.proposal,
    };
  }
}

const noStops = { denied: 0, asked: 0, would_deny: 0, released: 0, highest: null };

/** Times a reason was met. */
export function totalOf({ denied, asked, would_deny }: StopRow): number {
  return denied + asked + would_deny;
}

function exampleOf(decision: LoggedDecision): Example {
  return { seq: decision.seq, at: decision.at, what: describeOperation(decision) };
}

/** The entry's own reason, less its introduction, where it cannot be about another code. */
function quotedReason({ codes, reason }: LoggedDecision): string | null {
  if (codes.length !== 1 || reason === null) return null;
  const start = reason.indexOf(": ");
  return start < 0 ? reason : reason.slice(start + 2);
}

/** The clause for a code that means "nobody knows"; null for all others. */
function whyUnverified(code: string, { command, tool, unmeasured }: LoggedDecision): string | null {
  switch (code) {
    case "operation_unverified":
      if (command !== null) return "what the command would do could not be told";
      if (tool !== null) return "nobody knows what the tool does";
      if (unmeasured.length > 0) return "nobody could measure the operation";
      return "a diff or a folder could not be read whole";
    case "command_opaque":
      return "it is known what runs, not what that does";
    case "operation_unknown":
      return "unknown operation type";
    case "path_unresolvable":
      return "the path leads nowhere that can be told";
    case "path_special":
      return "a device, pipe or socket";
    case "path_suspicious":
      return "a shell or a URL layer may read the path differently";
    default:
      return null;
  }
}
