/** A small log in memory, and the pieces tests take it apart with. */
import { hmacSha256, sha256 } from "../../src/core/integrity/sha256.ts";
import { emptyHead, linkEntry } from "../../src/core/audit/chain.ts";
import type { Head, NewEvent } from "../../src/core/audit/entry.ts";
import { deriveEpochKeys } from "../../src/core/audit/keys.ts";
import { judgeLog } from "../../src/core/audit/judge_log.ts";
import { type LogReport } from "../../src/core/audit/log_report.ts";
import type { MarkReading } from "../../src/core/audit/mark.ts";
import { type Verified, verifyLines } from "../../src/core/audit/verifier.ts";

export const rootSecret = Uint8Array.from({ length: 32 }, (_, i) => i);
export const logId = "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf";
export const keys = deriveEpochKeys(rootSecret, logId, 0, hmacSha256);
export { hmacSha256, sha256 };

/** 2026-11-22T18:00:00Z */
export const startMicros = 1_795_370_400_000_000;

export const genesisEvent: NewEvent = {
  type: "audit.genesis",
  severity: "LOW",
  details: { log: logId, alg: "HMAC-SHA256", seg: 0 },
};

export const someEvents: readonly NewEvent[] = [
  { type: "POLICY_CHECK", severity: "LOW", details: { operation: "file_read" } },
  { type: "audit.decision", severity: "HIGH", details: { decision: "deny", n: [1, null, true] } },
  { type: "NOTE", severity: "MEDIUM", details: { text: "gr\u00fc\u00dfe \u2028 \ud83d\ude00" } },
  { type: "LAST", severity: "CRITICAL", details: {} },
];

export interface MemoryLog {
  readonly lines: readonly Uint8Array[];
  /** heads[i] is the head after lines[i]. */
  readonly heads: readonly Head[];
  readonly bytes: Uint8Array;
}

export function buildLog(events: readonly NewEvent[] = [genesisEvent, ...someEvents]): MemoryLog {
  const lines: Uint8Array[] = [];
  const heads: Head[] = [];
  let head = emptyHead;
  for (const [i, event] of events.entries()) {
    const link = linkEntry(head, event, startMicros + i * 1_000_000, keys, hmacSha256);
    head = link.head;
    lines.push(link.line);
    heads.push(head);
  }
  return { lines, heads, bytes: concat(lines) };
}

export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let filled = 0;
  for (const part of parts) {
    whole.set(part, filled);
    filled += part.length;
  }
  return whole;
}

/** Walks from genesis in one window. */
export function verify(bytes: Uint8Array, known: readonly Head[] = []): Verified {
  return verifyLines(bytes, emptyHead, { keys, hmac: hmacSha256, known });
}

/** The verdict on bytes for which head and mark both name `known`. */
export function judge(bytes: Uint8Array, known: Head): LogReport {
  const { head, finding, restBytes } = verify(bytes, [known]);
  const reading: MarkReading = {
    kind: "mark",
    mark: { logId, turn: 1, kid: keys.kid, epoch: 0, head: known, base: emptyHead },
  };
  return judgeLog({
    ...oneSegment,
    head,
    finding: finding === null ? null : { ...finding, seg: 0 },
    fragmentBytes: restBytes,
    claimedLogId: logId,
    logId,
    heads: [reading, reading],
    marks: [reading, reading],
    known: [{ ...known, seg: 0 }],
  });
}

/** The rest of the evidence on a log of one segment that nothing is unusual about. */
export const oneSegment = {
  seg: 0,
  segments: 1,
  start: emptyHead,
  firstSeg: 0,
  missing: [],
  isPruned: false,
  isBetween: false,
  anchors: [],
  unverifiable: [],
  clockBack: { count: 0, firstSeq: null },
  macs: new Map<number, string>(),
  structural: [],
} as const;
