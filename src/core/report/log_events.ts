/**
 * Entries that are no decisions and that a person should see.
 *
 * @module
 */
import type { Entry } from "../audit/entry.ts";
import { overrideTypes } from "../audit/override_state.ts";
import { stateTypes } from "../audit/state.ts";
import { weakenedTypes } from "../audit/weakened_state.ts";
import { overrideEvents } from "../override/override_events.ts";
import type { Json } from "../operation/operation.ts";
import type { EventList, EventRow, Report } from "./report.ts";

type EventKind = keyof Report["events"];

const kindByType: ReadonlyMap<string, EventKind> = new Map([
  [stateTypes.tampered, "tampering"],
  [stateTypes.restored, "tampering"],
  ["audit.recovery", "tampering"],
  ["audit.rollback_accepted", "tampering"],
  ["audit.low_space", "alarms"],
  ["audit.full", "alarms"],
  [stateTypes.accepted, "policies"],
  [stateTypes.signed, "policies"],
  [stateTypes.locked, "policies"],
  [stateTypes.unlocked, "policies"],
  [stateTypes.touched, "policies"],
  [weakenedTypes.weakened, "policies"],
  [weakenedTypes.restored, "policies"],
  [overrideTypes.enrolled, "policies"],
  [overrideTypes.unenrolled, "policies"],
]);

/** Characters of a summary. */
const maxSummary = 200;

/** Counts every event of a kind and holds the newest `top`. */
export class LogEvents {
  readonly #top: number;
  readonly #counts: Record<EventKind, number> = { tampering: 0, alarms: 0, policies: 0 };
  readonly #rows: Record<EventKind, EventRow[]> = { tampering: [], alarms: [], policies: [] };

  constructor(top: number) {
    this.#top = top;
  }

  /** Takes an entry that is no decision. */
  add(entry: Entry): void {
    const kind = kindOf(entry);
    if (kind === null) return;
    this.#counts[kind]++;
    const rows = this.#rows[kind];
    rows.push({
      seq: entry.seq,
      at: entry.at,
      type: entry.type,
      severity: entry.severity,
      summary: summaryOf(entry),
    });
    if (rows.length >= 2 * this.#top) this.#rows[kind] = rows.slice(-this.#top);
  }

  get lists(): Report["events"] {
    const list = (kind: EventKind): EventList => {
      return { count: this.#counts[kind], rows: this.#rows[kind].slice(-this.#top) };
    };
    return { tampering: list("tampering"), alarms: list("alarms"), policies: list("policies") };
  }
}

/** Alarms are what the engine calls so, and whatever a caller recorded as grave. */
function kindOf({ type, severity, details }: Entry): EventKind | null {
  const known = kindByType.get(type);
  if (known !== undefined) return known;
  if (/^(?:audit|state)\./.test(type)) return type === "audit.alarm" ? "alarms" : null;
  // That nobody answered is HIGH in the guide and counted elsewhere: it would hide true alarms.
  if (type === overrideEvents.timedOut && details["recorded_by"] === "engine") return null;
  return severity === "HIGH" || severity === "CRITICAL" ? "alarms" : null;
}

function summaryOf({ details }: Entry): string {
  const { message, reason } = details;
  const sentence = typeof message === "string" ? message : reason;
  if (typeof sentence === "string") return sentence.slice(0, maxSummary);
  return Object.entries(details).map(([key, value]) => `${key}=${valueText(value)}`).join(" ")
    .slice(0, maxSummary);
}

function valueText(value: Json): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const isDigest = /^(?:sha256:)?[0-9a-f]{64}$/.test(text);
  return isDigest ? `${text.replace("sha256:", "").slice(0, 12)}...` : text.slice(0, 60);
}
