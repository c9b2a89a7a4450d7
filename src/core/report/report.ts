/**
 * What the log tells of agents, in the shape every form of the report has (wire form, snake_case:
 * docs/report.md). Version 1: keys are only ever added.
 *
 * @module
 */
import type { Severity } from "../policy/policy.ts";
import type { OverrideReport } from "./override_counts.ts";
import type { Ranking } from "./tally.ts";

/** An entry that shows what a row means. */
export interface Example {
  readonly seq: number;
  readonly at: string;
  /** One line: the command, the tool, or the type and the first file. */
  readonly what: string;
}

/** Operations, and how many of them were or would have been denied or asked about. */
export interface Counted {
  readonly operations: number;
  readonly stopped: number;
}

/** A tool, program, agent or principal; null where the operation named none. */
export interface NamedRow extends Counted {
  readonly name: string | null;
}

export interface VerbRow extends Counted {
  readonly verb: string;
}

/** A top-level folder: `src/`, `./` for the root's own files, `/etc/` or `~/` outside. */
export interface FolderRow extends Counted {
  readonly folder: string;
  readonly outside: boolean;
  /** Operations that read there, and that do anything else there; one may do both. */
  readonly reads: number;
  readonly changes: number;
}

export interface SessionRow extends Counted {
  readonly session: string | null;
  readonly agent: string | null;
  readonly first_at: string;
  readonly last_at: string;
}

/** Decisions of one day (UTC); `allow` counts those in `would_deny` too. */
export interface DayRow {
  readonly day: string;
  readonly allow: number;
  readonly ask: number;
  readonly deny: number;
  readonly would_deny: number;
}

/** One reason why operations were, or would have been, denied or asked about. */
export interface StopRow {
  /** Dotted policy id. */
  readonly policy: string;
  readonly code: string | null;
  /** Of the present policy; null where the reason has none or it is gone. */
  readonly pattern: string | null;
  /** The tool, program, type or folder it was about; null where `pattern` says it. */
  readonly subject: string | null;
  readonly denied: number;
  readonly asked: number;
  readonly would_deny: number;
  /** Of all these, how many the proposal would let pass or ask about. */
  readonly released: number;
  /** Of a limit: the largest value that went beyond it, where entries name one. */
  readonly highest: number | null;
  readonly examples: readonly Example[];
}

/** Operations nobody could judge in full, by what made them so. */
export interface UnverifiedRow {
  readonly code: string;
  readonly subject: string;
  /** What the example's entry says, or one clause on what the code means. */
  readonly why: string;
  readonly operations: number;
  readonly example: Example;
}

export interface UnmeasuredRow {
  /** Dotted id of the limit. */
  readonly limit: string;
  readonly operations: number;
}

export interface EventRow {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly severity: Severity;
  readonly summary: string;
}

/** The newest of a kind. */
export interface EventList {
  readonly count: number;
  readonly rows: readonly EventRow[];
}

/** Something the proposed policy lets pass, and how often it was met. */
export interface Release {
  readonly kind: "files" | "tools" | "commands";
  /** Patterns or names for `match`. */
  readonly values: readonly string[];
  /** What was done to the files; empty for tools and commands. */
  readonly verbs: readonly string[];
  readonly effect: "warn" | "ask";
  readonly operations: number;
  readonly example: Example;
}

/** What a stricter policy would need so that the work seen here goes on. */
export interface Proposal {
  readonly releases: readonly Release[];
  /** Releases left out because there were too many of them. */
  readonly releases_left_out: number;
  /** Stopped operations in all, and those that the releases would let pass or ask about. */
  readonly stopped: number;
  readonly released: number;
}

export interface ReportFilter {
  readonly since: string | null;
  readonly until: string | null;
  readonly session: string | null;
  readonly agent: string | null;
}

export interface Report {
  readonly schema_version: 1;
  readonly filter: ReportFilter;
  /** Of the decisions counted; null when there is none. */
  readonly range: {
    readonly first_seq: number;
    readonly last_seq: number;
    readonly first_at: string;
    readonly last_at: string;
  } | null;
  readonly decisions: {
    readonly count: number;
    readonly allow: number;
    readonly ask: number;
    readonly deny: number;
    /** Allowed only because the policy observed. */
    readonly would_deny: number;
    /** A rule of effect `warn` spoke. */
    readonly warned: number;
  };
  /** Oldest first; the newest 366 days that have decisions. */
  readonly days: readonly DayRow[];
  readonly verbs: Ranking<VerbRow>;
  readonly folders: Ranking<FolderRow>;
  readonly tools: Ranking<NamedRow>;
  readonly programs: Ranking<NamedRow>;
  readonly agents: Ranking<NamedRow>;
  readonly sessions: Ranking<SessionRow>;
  readonly principals: Ranking<NamedRow>;
  readonly stops: Ranking<StopRow>;
  readonly unverified: Ranking<UnverifiedRow>;
  readonly unmeasured: Ranking<UnmeasuredRow>;
  readonly events: {
    readonly tampering: EventList;
    readonly alarms: EventList;
    readonly policies: EventList;
  };
  /** Of the chosen time, whatever agent and session; as events are. */
  readonly overrides: OverrideReport;
  readonly proposal: Proposal;
}
