/**
 * One line of the audit log, in memory. SPEC.md beside this file is the format.
 *
 * @module
 */
import type { JsonObject } from "../operation/operation.ts";
import type { Severity } from "../policy/policy.ts";

/** An event before it has a place in the chain. */
export interface NewEvent {
  /** `[A-Za-z0-9_.]{1,64}`; `audit.`, `state.` and overrideEvents are the engine's alone. */
  readonly type: string;
  readonly severity: Severity;
  readonly details: JsonObject;
}

/** A verified entry, as read back. */
export interface Entry extends NewEvent {
  readonly version: 1;
  readonly seq: number;
  /** `<kid>.<epoch>`: 8 hex digits, a dot, a decimal number. */
  readonly key: string;
  /** UTC, 27 characters, microseconds; informative, never used for trust. */
  readonly at: string;
  /** 64 hex digits: MAC of the entry before, zeros for the first. */
  readonly prev: string;
  /** 64 hex digits. */
  readonly mac: string;
}

/** Proof that an event is durable at a place in the chain. */
export interface Receipt {
  readonly seq: number;
  readonly mac: string;
  readonly at: string;
}

/** Where the chain ends. `seq` is −1 and `mac` zeros before genesis. */
export interface Head {
  readonly seq: number;
  readonly mac: string;
  /** Bytes of the log up to and including that entry's LF. */
  readonly sizeBytes: number;
}
