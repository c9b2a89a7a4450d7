/**
 * What a log file is opened with.
 *
 * @module
 */
import type { KeyRing } from "../../core/audit/key_ring.ts";
import type { HmacSha256, NowMicros, Sha256 } from "../../core/ports.ts";

export interface AuditOptions {
  /** Absolute; the segment that is appended to. */
  readonly logPath: string;
  /** Absolute; the folder beside it: lock, head slots, closed segments, states, quarantine. */
  readonly sidePath: string;
  /** Absolute; the folder of marks and epoch key, outside the workspace. */
  readonly markPath: string;
  /** Of secrets the caller has checked. */
  readonly ring: KeyRing;
  /** 32 hex digits, from the install record. */
  readonly logId: string;
  /** SHA-256 of the genesis line, hex, from the install record; null where nobody recorded it. */
  readonly fingerprint: string | null;
  /** No root secret is here: the epoch's own is kept in `markPath`, and the last one erased. */
  readonly isForwardSecure: boolean;
  readonly nowMicros: NowMicros;
  readonly sha256: Sha256;
  readonly hmac: HmacSha256;
  /** Default limits.lockTimeoutMs. */
  readonly lockTimeoutMs?: number;
  /** Default limits.maxSegmentBytes and maxSegmentEntries. */
  readonly segmentLimits?: { readonly bytes: number; readonly entries: number };
}
