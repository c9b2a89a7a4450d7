/**
 * The guide's AuditLog over the engine's log.
 *
 * @module
 */
import { toLogError } from "../core/audit/log_report.ts";
import type { Entry } from "../core/audit/entry.ts";
import type { Severity } from "../core/policy/policy.ts";
import { LibraryInstall, type LibraryOptions, rootOfPath } from "./library_install.ts";

export interface AuditLogOptions extends LibraryOptions {
  /** Default `.scalpel/audit.log`. */
  readonly logPath?: string;
}

/**
 * A caller's event. Of types, the prefixes `audit.` and `state.` are reserved, and the five names of
 * overrideEvents.
 */
export interface AuditEventInput {
  readonly eventType: string;
  readonly severity: Severity;
  readonly details: Readonly<Record<string, unknown>>;
}

/** A verified event, as it stands in the log. */
export interface AuditEvent extends AuditEventInput {
  readonly seq: number;
  readonly timestamp: string;
  readonly signature: string;
  readonly previousSignature: string;
}

export interface EventQuery {
  readonly eventType?: string;
  readonly severity?: Severity;
  /** The newest `limit`, in log order. */
  readonly limit?: number;
  /** A string may also be a span before now: `2h`, `3d`, `today`. */
  readonly since?: Date | string;
  readonly until?: Date | string;
  readonly minSeverity?: Severity;
  /** Those below are about decisions; see EventFilter. */
  readonly agent?: string;
  readonly session?: string;
  readonly principal?: string;
  readonly decision?: "allow" | "ask" | "deny";
  readonly policy?: string;
  /** A pattern of the policy's dialect. */
  readonly file?: string;
}

/** Fields that an engine's filter calls the same. */
const samePlaces = [
  "severity",
  "minSeverity",
  "limit",
  "agent",
  "session",
  "principal",
  "decision",
  "policy",
  "file",
] as const satisfies readonly (keyof EventQuery)[];

/** Tamper-evident event logging with signatures that sign the signature before. */
export class AuditLog {
  readonly #install: LibraryInstall;

  /** @throws {EngineError} `usage` when `logPath` is not `.scalpel/audit.log` of some root. */
  constructor(options: AuditLogOptions | string = {}) {
    const { logPath = ".scalpel/audit.log", root } = typeof options === "string"
      ? { logPath: options }
      : options;
    this.#install = new LibraryInstall(rootOfPath(logPath, "audit.log", root));
  }

  /**
   * Records an event; resolves when it is durable.
   *
   * @throws {EngineError} `event_invalid`, `audit_unwritable`, `audit_full`, and the tamper codes.
   */
  async recordEvent(event: AuditEventInput): Promise<void> {
    const { engine } = await this.#install.open();
    const { eventType: type, severity, details } = event;
    await engine.recordEvent({ type, severity, details }, "library");
  }

  /**
   * Walks the whole chain from genesis.
   *
   * @returns True; a log that is not intact throws.
   * @throws {TamperDetectedError} Edited, cut, replaced, missing.
   * @throws {EngineError} `audit_unverifiable` with another secret, `audit_unreadable`.
   */
  async verifyIntegrity(): Promise<true> {
    const { engine } = await this.#install.open();
    const error = toLogError(await engine.verifyLog());
    if (error !== null) throw error;
    return true;
  }

  /** Verified events only: throws where the chain does not verify. */
  async getEvents(query: EventQuery = {}): Promise<readonly AuditEvent[]> {
    const { engine } = await this.#install.open();
    const { eventType, since, until } = query;
    const given = samePlaces.flatMap((name) => {
      return query[name] === undefined ? [] : [[name, query[name]]];
    });
    const entries = await engine.readEvents({
      ...Object.fromEntries(given),
      ...(eventType === undefined ? {} : { type: eventType }),
      ...(since === undefined ? {} : { since: instantOf(since) }),
      ...(until === undefined ? {} : { until: instantOf(until) }),
    });
    return entries.map(toEvent);
  }

  /** Gives back the log; the object may be used again. */
  close(): Promise<void> {
    return this.#install.close();
  }
}

function instantOf(instant: Date | string): string {
  return instant instanceof Date ? instant.toISOString() : instant;
}

function toEvent(entry: Entry): AuditEvent {
  return {
    seq: entry.seq,
    eventType: entry.type,
    severity: entry.severity,
    details: entry.details,
    timestamp: entry.at,
    signature: entry.mac,
    previousSignature: entry.prev,
  };
}
