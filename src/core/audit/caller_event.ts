/**
 * Events that callers of the library and the server may record.
 *
 * @module
 */
import { EngineError } from "../errors.ts";
import { isOverrideEvent, overrideEvents } from "../override/override_events.ts";
import { severities, type Severity } from "../policy/policy.ts";
import { encodeDetails, parseDetails } from "./details.ts";
import type { NewEvent } from "./entry.ts";

/** An event as somebody outside the engine hands it in. */
export interface CallerEvent {
  readonly type: unknown;
  readonly severity: unknown;
  readonly details: unknown;
}

/**
 * Takes a caller's event; what it returns is a copy, so later changes by the caller do not count.
 *
 * @throws {EngineError} `event_invalid` when the type is malformed or reserved, the severity is
 *   none of severities, or the details do not fit (see encodeDetails).
 */
export function parseCallerEvent(event: CallerEvent): NewEvent {
  const { type, severity, details } = event;
  if (typeof type !== "string" || !/^[A-Za-z0-9_.]{1,64}$/.test(type)) {
    throw new EngineError("event_invalid", "Cannot record the event: its type is malformed", {
      hint: "use 1 to 64 letters, digits, underscores and dots",
    });
  }
  // SECURITY: these types are the engine's memory; a caller's entry must never be folded into it.
  // The grammar above leaves no letter that folds to ASCII in another way than by case.
  if (/^(?:audit|state)\./i.test(type)) {
    throw new EngineError("event_invalid", `Cannot record the event: "${type}" is reserved`, {
      hint: 'only the engine writes types that begin with "audit." or "state."',
    });
  }
  // SECURITY: whoever reads the log must be able to believe these: an approval that was none.
  if (isOverrideEvent(type)) {
    throw new EngineError("event_invalid", `Cannot record the event: "${type}" is reserved`, {
      hint: `only the engine writes ${Object.values(overrideEvents).join(", ")}`,
    });
  }
  return { type, severity: parseSeverity(severity), details: parseDetails(encodeDetails(details)) };
}

function parseSeverity(value: unknown): Severity {
  const severity = severities.find((name) => name === value);
  if (severity !== undefined) return severity;
  throw new EngineError("event_invalid", "Cannot record the event: its severity is unknown", {
    hint: `use ${severities.join(", ")}`,
  });
}
