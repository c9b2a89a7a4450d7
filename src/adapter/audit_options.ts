/**
 * What a log file is opened with.
 *
 * @module
 */
import type { HmacSha256, NowMicros, Sha256 } from "../core/ports.ts";

export interface AuditOptions {
  /** Absolute; the log itself. */
  readonly logPath: string;
  /** Absolute; the folder beside it: lock, head slots, states, quarantine. */
  readonly sidePath: string;
  /** Absolute; the folder of the marks, outside the workspace. */
  readonly markPath: string;
  /** At least minAuditSecretBytes; the caller has checked it. */
  readonly rootSecret: Uint8Array;
  /** 32 hex digits, from the install record. */
  readonly logId: string;
  readonly nowMicros: NowMicros;
  readonly sha256: Sha256;
  readonly hmac: HmacSha256;
  /** Default limits.lockTimeoutMs. */
  readonly lockTimeoutMs?: number;
}
