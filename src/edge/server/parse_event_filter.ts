/**
 * Query string of /v1/audit/events → EventFilter.
 *
 * @module
 */
import { parseInstant } from "../../core/audit/instant.ts";
import { EngineError } from "../../core/errors.ts";
import { severities, type Severity } from "../../core/policy/policy.ts";
import type { EventFilter } from "../../core/audit/event_filter.ts";

/** Entries of one answer: 200 of the largest stay under the client's bound. */
export const maxEventsPerAnswer = 200;

const typePattern = /^[A-Za-z0-9_.]{1,64}$/;
const countPattern = /^\d{1,15}$/;

const parameters: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ["type", (value) => typePattern.test(value)],
  ["severity", isSeverity],
  ["since", isInstant],
  ["until", isInstant],
  ["after", (value) => countPattern.test(value)],
  ["limit", isLimit],
]);

/**
 * Parses `type`, `severity`, `since`, `until`, `after` (sequence number) and `limit`.
 *
 * @param query Without the `?`; null for none.
 * @throws {EngineError} `usage` for an unknown or repeated name, or a malformed value.
 */
export function parseEventFilter(query: string | null): EventFilter {
  const given = readParameters(query ?? "");
  const type = given.get("type");
  const severity = given.get("severity");
  const since = given.get("since");
  const until = given.get("until");
  const after = given.get("after");
  return {
    ...(type !== undefined && { type }),
    ...(severity !== undefined && isSeverity(severity) && { severity }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(after !== undefined && { afterSeq: Number(after) }),
    limit: Number(given.get("limit") ?? maxEventsPerAnswer),
  };
}

function readParameters(query: string): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const accepts = parameters.get(name);
    if (accepts === undefined) throw usage("Got an unknown parameter");
    if (given.has(name)) throw usage(`Got parameter "${name}" twice`);
    if (!accepts(value)) throw usage(`Got a malformed value of parameter "${name}"`);
    given.set(name, value);
  }
  return given;
}

function isSeverity(value: string): value is Severity {
  return (severities as readonly string[]).includes(value);
}

function isInstant(value: string): boolean {
  return parseInstant(value) !== null;
}

function isLimit(value: string): boolean {
  return countPattern.test(value) && Number(value) >= 1 && Number(value) <= maxEventsPerAnswer;
}

function usage(message: string): EngineError {
  return new EngineError("usage", message, {
    hint: `Known: type, severity, since, until, after, limit (1 to ${maxEventsPerAnswer})`,
  });
}
