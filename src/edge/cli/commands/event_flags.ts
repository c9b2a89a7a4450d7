/**
 * Flags that choose entries, and the filter they make.
 *
 * @module
 */
import type { EventFilter } from "../../../core/audit/event_filter.ts";
import type { Verdict } from "../../../core/decision/decision.ts";
import { severities, type Severity } from "../../../core/policy/policy.ts";
import type { Flag, ParsedArguments } from "../command.ts";
import { usageError } from "../usage_error.ts";

const verdicts = ["allow", "ask", "deny"] as const satisfies readonly Verdict[];

/** What an entry must be; every command that reads the log takes these. */
export const filterFlags: readonly Flag[] = [
  {
    name: "type",
    kind: "string",
    value: "TYPE",
    collect: true,
    description: "Only this event type",
  },
  {
    name: "severity",
    kind: "string",
    value: "SEVERITY",
    choices: severities,
    collect: true,
    description: "Only this severity",
  },
  {
    name: "min-severity",
    kind: "string",
    value: "SEVERITY",
    choices: severities,
    description: "This severity or worse",
  },
  {
    name: "decision",
    kind: "string",
    value: "VERDICT",
    choices: verdicts,
    description: "Only decisions that said this",
  },
  {
    name: "policy",
    kind: "string",
    value: "ID",
    description: "Only decisions that violated this policy, e.g. protected.files",
  },
  {
    name: "file",
    kind: "string",
    value: "GLOB",
    description: "Only decisions about such paths, as a policy writes patterns",
  },
  { name: "agent", kind: "string", value: "NAME", description: "Only decisions for this agent" },
  { name: "session", kind: "string", value: "ID", description: "Only this session of an agent" },
  {
    name: "principal",
    kind: "string",
    value: "WHO",
    description: "Only what this principal asked for, e.g. uid:1000",
  },
];

const timeForm = "ISO 8601 with zone, today, or 2h, 3d, 1w ago";

/** When it was written. */
export const timeFlags: readonly Flag[] = [
  { name: "since", kind: "string", value: "TIME", description: `Not before: ${timeForm}` },
  { name: "until", kind: "string", value: "TIME", description: "Not after, likewise" },
];

/** Which of its optional flags a command declares. */
export interface FilterOptions {
  readonly hasTimes: boolean;
  /** `--after`. */
  readonly hasCursor: boolean;
  /** Null for a command without `--limit`; else what holds when it is not given. */
  readonly limit: { readonly default: number | null } | null;
}

/** @throws {EngineError} `usage` for a number that is none. */
export function filterOf(
  { flags }: ParsedArguments,
  { hasTimes, hasCursor, limit }: FilterOptions,
): EventFilter {
  const text = (name: string) => flags.text(name) ?? undefined;
  const types = flags.texts("type");
  const only = flags.texts("severity") as readonly Severity[];
  return withoutUndefined({
    type: types.length > 1 ? types : types[0],
    severity: only.length > 1 ? only : only[0],
    minSeverity: text("min-severity") as Severity | undefined,
    decision: text("decision") as Verdict | undefined,
    policy: text("policy"),
    file: text("file"),
    agent: text("agent"),
    session: text("session"),
    principal: text("principal"),
    since: hasTimes ? text("since") : undefined,
    until: hasTimes ? text("until") : undefined,
    afterSeq: hasCursor ? parseCount("after", flags.text("after")) ?? undefined : undefined,
    limit: limit === null
      ? undefined
      : parseCount("limit", flags.text("limit")) ?? limit.default ?? undefined,
  });
}

type Optional = { readonly [Name in keyof EventFilter]-?: EventFilter[Name] | undefined };

function withoutUndefined(filter: Optional): EventFilter {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given);
}

/** `name` of a flag, or in capitals that of an argument. @throws {EngineError} `usage` for text that is no whole number. */
export function parseCount(name: string, text: string | null): number | null {
  if (text === null) return null;
  if (!/^(?:0|[1-9][0-9]{0,14})$/.test(text)) {
    const what = name === name.toUpperCase() ? name : `--${name}`;
    throw usageError(`Cannot read ${what} "${text}"`, "give a whole number");
  }
  return Number(text);
}
