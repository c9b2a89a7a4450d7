/**
 * Query string of /v1/audit/events → EventFilter.
 *
 * @module
 */
import { parseTimeBound } from "../../core/audit/time_bound.ts";
import type { Verdict } from "../../core/decision/decision.ts";
import { EngineError } from "../../core/errors.ts";
import { maxLabelCharacters, maxPatternCharacters } from "../../core/limits.ts";
import { severities } from "../../core/policy/policy.ts";
import type { EventFilter } from "../../core/audit/event_filter.ts";

/** Entries of one answer: 200 of the largest stay under the client's bound. */
export const maxEventsPerAnswer = 200;

const typePattern = /^[A-Za-z0-9_.]{1,64}$/;
const countPattern = /^\d{1,15}$/;
const verdicts: readonly string[] = ["allow", "ask", "deny"] satisfies Verdict[];

interface Parameter {
  readonly accepts: (value: string) => boolean;
  readonly field: keyof EventFilter;
}

/** Each parameter, what it may be, and which field of the filter it fills. */
const parameters: ReadonlyMap<string, Parameter> = new Map<string, Parameter>([
  ["type", { accepts: (value) => typePattern.test(value), field: "type" }],
  ["severity", { accepts: isSeverity, field: "severity" }],
  ["min_severity", { accepts: isSeverity, field: "minSeverity" }],
  ["since", { accepts: isTimeBound, field: "since" }],
  ["until", { accepts: isTimeBound, field: "until" }],
  ["agent", { accepts: isLabel, field: "agent" }],
  ["session", { accepts: isLabel, field: "session" }],
  ["principal", { accepts: isLabel, field: "principal" }],
  ["decision", { accepts: (value) => verdicts.includes(value), field: "decision" }],
  ["policy", { accepts: isLabel, field: "policy" }],
  ["file", { accepts: isPattern, field: "file" }],
  ["after", { accepts: (value) => countPattern.test(value), field: "afterSeq" }],
  ["limit", { accepts: isLimit, field: "limit" }],
]);

/**
 * Parses `type`, `severity`, `min_severity`, `since`, `until`, `agent`, `session`, `principal`,
 * `decision`, `policy`, `file`, `after` (sequence number) and `limit`.
 *
 * @param query Without the `?`; null for none.
 * @throws {EngineError} `usage` for an unknown or repeated name, or a malformed value.
 */
export function parseEventFilter(query: string | null): EventFilter {
  const given = readParameters(query ?? "");
  const filter: Record<string, string | number> = { limit: maxEventsPerAnswer };
  for (const [name, value] of given) {
    const field = parameters.get(name)?.field ?? name;
    filter[field] = field === "limit" || field === "afterSeq" ? Number(value) : value;
  }
  // Every value passed the check of its own field.
  return filter as EventFilter;
}

function readParameters(query: string): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const parameter = parameters.get(name);
    if (parameter === undefined) throw usage("Got an unknown parameter");
    if (given.has(name)) throw usage(`Got parameter "${name}" twice`);
    if (!parameter.accepts(value)) throw usage(`Got a malformed value of parameter "${name}"`);
    given.set(name, value);
  }
  return given;
}

function isSeverity(value: string): boolean {
  return (severities as readonly string[]).includes(value);
}

function isTimeBound(value: string): boolean {
  return parseTimeBound(value, 0) !== null;
}

function isLabel(value: string): boolean {
  return value.length >= 1 && value.length <= maxLabelCharacters;
}

function isPattern(value: string): boolean {
  return value.length >= 1 && value.length <= maxPatternCharacters;
}

function isLimit(value: string): boolean {
  return countPattern.test(value) && Number(value) >= 1 && Number(value) <= maxEventsPerAnswer;
}

function usage(message: string): EngineError {
  return new EngineError("usage", message, {
    hint: `Known: ${[...parameters.keys()].join(", ")} (1 to ${maxEventsPerAnswer})`,
  });
}
