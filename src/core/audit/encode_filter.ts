/**
 * A filter as an entry of the log records it: in wire words, bounded, relative times resolved.
 *
 * @module
 */
import { cutText } from "../decision/cut_text.ts";
import type { JsonObject } from "../operation/operation.ts";
import type { EventFilter } from "./event_filter.ts";
import { encodeInstant } from "./instant.ts";
import { parseTimeBound } from "./time_bound.ts";

/** Types and severities named in the entry; more are left out. */
const maxListed = 12;

const wireNames = {
  type: "type",
  severity: "severity",
  minSeverity: "min_severity",
  since: "since",
  until: "until",
  agent: "agent",
  session: "session",
  principal: "principal",
  decision: "decision",
  policy: "policy",
  file: "file",
  afterSeq: "after",
  limit: "limit",
} as const satisfies Record<keyof EventFilter, string>;

/** @param nowMicros The moment relative times were read at. */
export function encodeFilter(filter: EventFilter, nowMicros: number): JsonObject {
  const given = { ...filter, ...times(filter, nowMicros) };
  return Object.fromEntries(
    (Object.keys(wireNames) as (keyof EventFilter)[]).flatMap((name) => {
      const value = given[name];
      return value === undefined ? [] : [[wireNames[name], bound(value)]];
    }),
  );
}

function bound(value: NonNullable<EventFilter[keyof EventFilter]>) {
  if (typeof value === "number") return value;
  return typeof value === "string"
    ? cutText(value)
    : value.slice(0, maxListed).map((text) => cutText(text));
}

function times(
  { since, until }: EventFilter,
  nowMicros: number,
): Pick<EventFilter, "since" | "until"> {
  return {
    ...(since === undefined ? {} : { since: resolve(since, nowMicros) }),
    ...(until === undefined ? {} : { until: resolve(until, nowMicros) }),
  };
}

function resolve(text: string, nowMicros: number): string {
  const micros = parseTimeBound(text, nowMicros);
  // What is out of the log's range is kept as it was written.
  return micros === null || !Number.isSafeInteger(micros) || micros < 0
    ? text
    : encodeInstant(micros);
}
