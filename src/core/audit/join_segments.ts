/**
 * Holds segments together that were verified one by one, wherever that was: one log, one chain, no
 * gap.
 *
 * @module
 */
import { oneLine } from "../errors.ts";
import type { SegmentFound, SegmentResult } from "./segment_result.ts";

/** What several segments are together; the first of these that holds. */
export const joinVerdicts = [
  "TAMPERED",
  "FOREIGN-LOG",
  "FORK",
  "NO-SEGMENT",
  "UNVERIFIABLE",
  "MISSING",
  "OK-UNANCHORED",
] as const;
export type JoinVerdict = typeof joinVerdicts[number];

/** One verdict on several segments. Wire form. */
export interface SegmentJoin {
  readonly verdict: JoinVerdict;
  /** Different segments that verify. */
  readonly segments: number;
  readonly entries: number;
  /** Of the log they belong to; null when none verifies. */
  readonly log_id: string | null;
  readonly fingerprint: string | null;
  /** The lowest that verifies, and what it continues; null when none does. */
  readonly first_seg: number | null;
  readonly first_seq: number | null;
  readonly prev: string | null;
  /** The highest. */
  readonly last_seg: number | null;
  readonly head_seq: number | null;
  readonly head_mac: string | null;
  /** The file the verdict is about; null when it is about none. */
  readonly file: string | null;
  readonly kind: string | null;
  readonly message: string;
}

interface Fault {
  readonly verdict: JoinVerdict;
  readonly file: string | null;
  readonly kind: string | null;
  readonly message: string;
}

type Verified = SegmentResult & { readonly found: SegmentFound };

/**
 * Joins results in whatever order they came.
 *
 * @param results The word of whoever verified: nothing in them is proven again. At least one.
 */
export function joinSegments(results: readonly SegmentResult[]): SegmentJoin {
  const verified = results.filter((one): one is Verified => one.found !== null)
    .sort((a, b) => a.found.seg - b.found.seg);
  const chain = verified.filter(({ found }, i) => verified[i - 1]?.found.seg !== found.seg);
  const fault = findOwn(results, "TAMPERED") ?? findForeign(verified) ?? findFork(verified) ??
    findBreak(chain) ?? findOwn(results, "NO-SEGMENT") ?? findOwn(results, "UNVERIFIABLE") ??
    findGap(chain) ?? intact(chain);
  const first = chain[0]?.found;
  const last = chain.at(-1)?.found;
  return {
    verdict: fault.verdict,
    segments: chain.length,
    entries: chain.reduce((sum, { found }) => sum + found.entries, 0),
    log_id: first?.log_id ?? null,
    fingerprint: first?.fingerprint ?? null,
    first_seg: first?.seg ?? null,
    first_seq: first?.first_seq ?? null,
    prev: first?.prev ?? null,
    last_seg: last?.seg ?? null,
    head_seq: last?.head_seq ?? null,
    head_mac: last?.head_mac ?? null,
    file: fault.file,
    kind: fault.kind,
    message: fault.message,
  };
}

/** What is wrong with one file by itself. */
function findOwn(
  results: readonly SegmentResult[],
  verdict: "TAMPERED" | "NO-SEGMENT" | "UNVERIFIABLE",
): Fault | null {
  const one = results.find((result) => result.verdict === verdict);
  if (one === undefined) return null;
  const { file, message, fault } = one;
  return { verdict, file, kind: fault?.kind ?? null, message: `${oneLine(file)}: ${message}` };
}

/** SECURITY: the key of one log proves nothing of another, so each keeps its own chain. */
function findForeign(verified: readonly Verified[]): Fault | null {
  const [first] = verified;
  const other = verified.find(({ found }) =>
    found.log_id !== first?.found.log_id || found.fingerprint !== first.found.fingerprint
  );
  if (other === undefined) return null;
  const kind = other.found.log_id === first?.found.log_id ? "fingerprint" : "log_id";
  const message = `${oneLine(other.file)} is of another log than ${oneLine(first?.file ?? "")}`;
  return { verdict: "FOREIGN-LOG", file: other.file, kind, message };
}

/** The same number twice is a job that ran twice, or two histories under one key. */
function findFork(verified: readonly Verified[]): Fault | null {
  for (const [i, { file, found }] of verified.entries()) {
    const before = verified[i - 1];
    if (before?.found.seg !== found.seg || before.found.sha256 === found.sha256) continue;
    const message = `${oneLine(before.file)} and ${oneLine(file)} both verify as segment ` +
      `${found.seg} and differ: two histories were written under one key`;
    return { verdict: "FORK", file, kind: "seal", message };
  }
  return null;
}

function findBreak(chain: readonly Verified[]): Fault | null {
  for (const [i, next] of chain.entries()) {
    const before = chain[i - 1];
    if (before === undefined || before.found.seg !== next.found.seg - 1) continue;
    const kind = breakOf(before.found, next.found);
    if (kind === null) continue;
    const message =
      `Segment ${next.found.seg} does not continue segment ${before.found.seg}: ${kind}`;
    return { verdict: "TAMPERED", file: kind === "seal" ? before.file : next.file, kind, message };
  }
  return null;
}

/** In the order a walk over the whole log has. */
function breakOf(before: SegmentFound, next: SegmentFound): string | null {
  if (next.prev_seg_sha256 !== before.sha256) return "seal";
  if (next.first_seq !== before.head_seq + 1) return "sequence";
  if (next.prev !== before.head_mac) return "prev";
  return next.kid === before.kid || isAnnounced(before, next) ? null : "key";
}

/** Whether the old key named the new one, and the new one answered. */
function isAnnounced({ kid, key_rotate: promised }: SegmentFound, next: SegmentFound): boolean {
  const { key_begin: begun } = next;
  return promised !== null && begun !== null && promised.from === kid &&
    promised.to === next.kid && begun.to === next.kid && promised.commitment === begun.commitment;
}

function findGap(chain: readonly Verified[]): Fault | null {
  const after = chain.find(({ found }, i) => i > 0 && chain[i - 1]?.found.seg !== found.seg - 1);
  if (after === undefined) return null;
  const before = chain[chain.indexOf(after) - 1];
  const from = (before?.found.seg ?? 0) + 1;
  const to = after.found.seg - 1;
  const message = from === to
    ? `Segment ${from} is missing`
    : `Segments ${from} to ${to} are missing`;
  return { verdict: "MISSING", file: null, kind: null, message };
}

function intact(chain: readonly Verified[]): Fault {
  const first = chain[0]?.found;
  const last = chain.at(-1)?.found;
  const front = first?.seg === 0
    ? "from genesis on"
    : `what lies before segment ${first?.seg ?? 0} was not given`;
  const message =
    `Entries ${first?.first_seq ?? 0} to ${last?.head_seq ?? 0} are intact, ${front}; ` +
    "whether the log went on, only a head kept elsewhere can say";
  return { verdict: "OK-UNANCHORED", file: null, kind: null, message };
}
