/**
 * Holds segments together that were verified one by one, wherever that was: one log, one chain, no
 * gap.
 *
 * @module
 */
import { oneLine } from "../errors.ts";
import type { SegmentFound, SegmentResult } from "./segment_result.ts";

/** What several segments are together; the first of these that holds. */
const joinVerdicts = [
  "TAMPERED",
  "FOREIGN-LOG",
  "FORK",
  "NO-SEGMENT",
  "UNVERIFIABLE",
  "MISSING",
  "OK",
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
  /** Head codes that agree. */
  readonly anchors: number;
  /** The file the verdict is about; null when it is about none. */
  readonly file: string | null;
  readonly kind: string | null;
  readonly message: string;
}

/** A head code noted elsewhere: the beginning of the MAC of entry `seq`, 20 hex digits or more. */
export interface HeadCode {
  readonly seq: number;
  readonly prefix: string;
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
 * @param codes Of seals: one of an entry within a segment says nothing here, one of a later entry
 *   than any given says that a segment is missing.
 */
export function joinSegments(
  results: readonly SegmentResult[],
  codes: readonly HeadCode[] = [],
): SegmentJoin {
  const verified = results.filter((one): one is Verified => one.found !== null)
    .sort((a, b) => a.found.seg - b.found.seg);
  const chain = verified.filter(({ found }, i) => verified[i - 1]?.found.seg !== found.seg);
  const agreeing = codes.filter((code) => macAt(chain, code.seq)?.startsWith(code.prefix) === true);
  const fault = findOwn(results, "TAMPERED") ?? findForeign(verified) ?? findFork(verified) ??
    findBreak(chain) ?? findOther(chain, codes) ?? findOwn(results, "NO-SEGMENT") ??
    findOwn(results, "UNVERIFIABLE") ?? findGap(chain) ?? findEarlyEnd(chain, codes) ??
    intact(chain, agreeing.length > 0);
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
    anchors: agreeing.length,
    file: fault.file,
    kind: fault.kind,
    message: fault.message,
  };
}

/** The MAC of an entry at a segment's end or before its first; null for any other. */
function macAt(chain: readonly Verified[], seq: number): string | null {
  for (const { found } of chain) {
    if (found.head_seq === seq) return found.head_mac;
    if (found.first_seq - 1 === seq) return found.prev;
  }
  return null;
}

function findOther(chain: readonly Verified[], codes: readonly HeadCode[]): Fault | null {
  const other = codes.find(({ seq, prefix }) => macAt(chain, seq)?.startsWith(prefix) === false);
  if (other === undefined) return null;
  const message = `Entry ${other.seq} verifies, but it is not the one of the head code: ` +
    "two histories were written under one key";
  return { verdict: "FORK", file: null, kind: "anchor", message };
}

function findEarlyEnd(chain: readonly Verified[], codes: readonly HeadCode[]): Fault | null {
  const end = chain.at(-1)?.found.head_seq ?? -1;
  const beyond = codes.find(({ seq }) => seq > end);
  if (beyond === undefined) return null;
  const message = `Nothing given reaches entry ${beyond.seq}, of which there is a head code: ` +
    `the last one is ${end}`;
  return { verdict: "MISSING", file: null, kind: "anchor", message };
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

function intact(chain: readonly Verified[], isAnchored: boolean): Fault {
  const first = chain[0]?.found;
  const last = chain.at(-1)?.found;
  const front = first?.seg === 0
    ? "from genesis on"
    : `what lies before segment ${first?.seg ?? 0} was not given`;
  const entries = `Entries ${first?.first_seq ?? 0} to ${
    last?.head_seq ?? 0
  } are intact, ${front}; `;
  const rest = isAnchored
    ? "they continue what was known outside"
    : "whether the log went on, only a head code kept elsewhere can say";
  const verdict = isAnchored ? "OK" : "OK-UNANCHORED";
  return { verdict, file: null, kind: null, message: entries + rest };
}
