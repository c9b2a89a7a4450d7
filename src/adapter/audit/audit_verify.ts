/**
 * Verifies a log the way a human asks for it: in full, by its seals, or what is new since the last
 * time; against anchors kept elsewhere; in several threads.
 *
 * @module
 */
import { compareHashes } from "../../core/audit/merkle/compare_hashes.ts";
import { TreeWalk } from "../../core/audit/merkle/tree_walk.ts";
import type { Entry } from "../../core/audit/entry.ts";
import { judgeLog } from "../../core/audit/judge_log.ts";
import { toEntry } from "../../core/audit/line.ts";
import {
  type AnchorOutcome,
  type LogEvidence,
  type LogReport,
  refusedReport,
} from "../../core/audit/log_report.ts";
import { countOf, structuralTypes, textOf, treeBefore } from "../../core/audit/segment.ts";
import type { StructuralEntry } from "../../core/audit/structure.ts";
import { EngineError, TamperDetectedError } from "../../core/errors.ts";
import { type LogAtRest, openAtRest } from "./audit_at_rest.ts";
import type { AuditOptions } from "./audit_options.ts";
import type { WholeWalkOptions } from "./audit_pieces.ts";
import { listSegments } from "./audit_segments.ts";
import { readVerified, type VerifiedSegments, writeVerified } from "./audit_verified.ts";
import { type BatchBlock, takeBatch } from "./audit_walk_batch.ts";
import { type OnVerified, walkParallel } from "./audit_walk_parallel.ts";
import { walkSegments } from "./audit_walk_segments.ts";
import { startNativeHash } from "../native_hash.ts";

/** A head noted elsewhere: `prefix` is the beginning of the MAC of entry `seq`, 20 to 64 hex digits. */
export interface MacAnchor {
  readonly seq: number;
  readonly prefix: string;
}

/** A tree noted elsewhere, its signature verified by the caller. */
export interface TreeAnchor {
  readonly size: number;
  readonly root: Uint8Array;
  /** Signed by the same key for another log: this one stands in its place. */
  readonly isForeign?: boolean;
}

/** What is wanted of a verification. */
export interface VerifyRequest {
  /** `seals`: closed segments by their hashes. `since`: those walked before by their hashes. */
  readonly mode: "full" | "seals" | "since";
  readonly macs: readonly MacAnchor[];
  readonly trees: readonly TreeAnchor[];
  /** Of the install record, base64: the one genesis must name. */
  readonly publicKey?: string;
  /** At least 1. */
  readonly threads: number;
  /** How often `since` writes down how far it has come; default 2,000. */
  readonly rememberMs?: number;
  /** Told how much there is, then of each piece. */
  readonly onTotal?: (bytes: number) => void;
  readonly onVerified?: OnVerified;
}

/** Below this, threads cost more than they save. */
const minParallelBytes = 33_554_432;
/** How long it keeps the thread before a terminal or a signal gets a turn. */
const sliceMs = 50;

/**
 * Verifies, without writing anything but the cache of `since`.
 *
 * @throws {EngineError} `audit_busy`, `audit_unreadable`: then nothing was looked at.
 */
export async function verifyLogFiles(
  options: AuditOptions,
  request: VerifyRequest,
): Promise<LogReport> {
  const before = namesIn(options.sidePath);
  const report = await verifyOnce(options, request);
  // Somebody pruned between our look at the names and at the files: once more, on what is there now.
  const isMoving = report.verdict === "MISSING" && namesIn(options.sidePath) !== before;
  return isMoving ? await verifyOnce(options, request) : report;
}

function namesIn(sidePath: string): string {
  try {
    return listSegments(sidePath).join();
  } catch (error) {
    // The verification comes upon it too, and says it.
    if (error instanceof EngineError) return "";
    throw error;
  }
}

async function verifyOnce(options: AuditOptions, request: VerifyRequest): Promise<LogReport> {
  try {
    using rest = await openAtRest(options);
    const cached = request.mode === "since" ? readVerified(options) : new Map<number, string>();
    // The last file of an interrupted rotation: no later one names its hash.
    const unnamed = rest.active === null ? rest.sealed.at(-1) : undefined;
    const how = {
      startHash: startNativeHash,
      wanted: request.macs.map(({ seq }) => seq),
      isSealEnough: (seg: number) =>
        seg !== unnamed && (request.mode === "seals" || cached.has(seg)),
      ...(request.mode === "since" ? { onConcluded: rememberAlong(options, cached, request) } : {}),
    };
    const sizeBytes = sizeOf(rest, how.isSealEnough);
    request.onTotal?.(sizeBytes);
    const { evidence, roots } = await walk(rest, { options, how, request, sizeBytes });
    const anchors = [
      ...request.macs.map((anchor) => judgeMac(anchor, evidence)),
      ...request.trees.map((anchor) => judgeTree(anchor, evidence, roots)),
    ];
    const report = judgeLog({ ...evidence, anchors, finding: findFault(evidence, request) });
    if (request.mode !== "since" || evidence.finding !== null) return report;
    return await recheck(options, request, { evidence, report, cached });
  } catch (error) {
    if (error instanceof TamperDetectedError) return refusedReport(error);
    throw error;
  }
}

interface WalkParts {
  readonly options: AuditOptions;
  readonly how: WholeWalkOptions;
  readonly request: VerifyRequest;
  readonly sizeBytes: number;
}

interface Walked {
  readonly evidence: LogEvidence;
  readonly roots: ReadonlyMap<number, Uint8Array>;
}

async function walk(rest: LogAtRest, parts: WalkParts): Promise<Walked> {
  const { options, how, request, sizeBytes } = parts;
  const onVerified = request.onVerified ?? (() => {});
  const isLarge = sizeBytes >= minParallelBytes && rest.sealed.length > 0;
  if (request.trees.length === 0 && request.threads > 1 && isLarge) {
    const { threads } = request;
    const evidence = await walkParallel(rest, options, { ...how, threads, onVerified });
    return { evidence, roots: new Map() };
  }
  using taken = takeBatch();
  const roots = new RootCollector(request.trees.map(({ size }) => size));
  const steps = walkSegments(rest, options, { ...how, batch: taken.batch });
  let pausedAt = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done) return { evidence: step.value, roots: roots.found };
    roots.take(step.value);
    onVerified(step.value.bytes.length, step.value.count);
    if (performance.now() - pausedAt < sliceMs) continue;
    await new Promise((resolve) => setTimeout(resolve));
    pausedAt = performance.now();
  }
}

/** Roots at sizes somebody noted, from verified lines. */
class RootCollector {
  readonly #sizes: readonly number[];
  readonly #earlier = new Map<number, Uint8Array>();
  #tree: TreeWalk | null = null;

  constructor(sizes: readonly number[]) {
    this.#sizes = sizes;
  }

  take(block: BatchBlock): void {
    if (this.#sizes.length === 0) return;
    if (this.#tree?.size !== block.firstSeq) this.#begin(block);
    this.#tree?.feed(block.leafHashes);
  }

  /** Where a walk begins, or goes on behind what could not be verified: as its first entry says. */
  #begin(block: BatchBlock): void {
    for (const [size, root] of this.found) this.#earlier.set(size, root);
    const from = treeBefore(toEntry(block.header(0)));
    this.#tree = from && new TreeWalk({ from, rootSizes: this.#sizes });
  }

  get found(): ReadonlyMap<number, Uint8Array> {
    return new Map([...this.#earlier, ...this.#tree?.answers().roots ?? []]);
  }
}

function judgeMac({ seq, prefix }: MacAnchor, { macs, head }: LogEvidence): AnchorOutcome {
  const name = `anchor of entry ${seq}`;
  const mac = macs.get(seq);
  if (mac !== undefined) {
    return { kind: mac.startsWith(prefix) ? "agrees" : "contradicts", name, seq };
  }
  return { kind: seq > head.seq ? "beyond" : "silent", name, seq };
}

/** SECURITY: with another key in the install record, another's checkpoints would pass. */
function findFault(
  { finding, structural }: LogEvidence,
  { publicKey }: VerifyRequest,
): LogEvidence["finding"] {
  const [genesis] = structural;
  if (finding !== null || publicKey === undefined) return finding;
  if (genesis?.type !== structuralTypes.genesis) return null;
  const named = textOf(genesis.details, "checkpoint_key");
  return named === publicKey ? null : { seg: 0, seq: 0, offset: 0, kind: "record" };
}

function judgeTree(
  { size, root, isForeign = false }: TreeAnchor,
  { head }: LogEvidence,
  roots: ReadonlyMap<number, Uint8Array>,
): AnchorOutcome {
  const name = `checkpoint of ${size} entries`;
  if (isForeign) return { kind: "foreign", name, seq: null };
  const found = roots.get(size);
  if (found !== undefined) {
    return { kind: compareHashes(found, root) ? "agrees" : "contradicts", name, seq: null };
  }
  return { kind: size > head.seq + 1 ? "beyond" : "silent", name, seq: null };
}

/** Bytes to walk. */
function sizeOf(rest: LogAtRest, isSealEnough: (seg: number) => boolean): number {
  let bytes = rest.sizeBytes;
  for (const seg of rest.sealed) {
    if (isSealEnough(seg)) continue;
    using file = rest.open(seg);
    bytes += file.sizeBytes();
  }
  return bytes;
}

/**
 * Remembers what was walked. Where a hash is not the remembered one the cache is wrong, or the file:
 * only a full walk can tell.
 */
async function recheck(
  options: AuditOptions,
  request: VerifyRequest,
  { evidence, report, cached }: {
    readonly evidence: LogEvidence;
    readonly report: LogReport;
    readonly cached: VerifiedSegments;
  },
): Promise<LogReport> {
  const named = namesOf(evidence.structural);
  if (isStale(cached, named)) return await verifyOnce(options, { ...request, mode: "full" });
  const keys = options.ring.first();
  const isIntact = evidence.unverifiable.length === 0 && report.segment === null;
  if (isIntact && named.size > 0) writeVerified(options, keys, named);
  return report;
}

/** SECURITY: one file that is not the remembered one makes the rest of the memory worth nothing. */
function isStale(cached: VerifiedSegments, named: VerifiedSegments): boolean {
  return [...cached].some(([seg, sha256]) => (named.get(seg) ?? sha256) !== sha256);
}

/** Remembers along the way, so that a long walk that is interrupted can be gone on with. */
function rememberAlong(
  options: AuditOptions,
  cached: VerifiedSegments,
  { rememberMs = 2_000 }: VerifyRequest,
): (structural: readonly StructuralEntry[]) => void {
  let writtenMs = performance.now();
  return (structural) => {
    if (performance.now() - writtenMs < rememberMs) return;
    const named = namesOf(structural.map(({ entry }) => entry));
    if (named.size === 0 || isStale(cached, named)) return;
    writeVerified(options, options.ring.first(), new Map([...cached, ...named]));
    writtenMs = performance.now();
  };
}

/** Hashes of closed segments as verified entries name them. */
function namesOf(structural: readonly Entry[]): VerifiedSegments {
  const names = new Map<number, string>();
  for (const { type, details } of structural) {
    const sha256 = textOf(details, "prev_seg_sha256");
    const seg = countOf(details, "seg");
    if (type === structuralTypes.segment && seg !== null && sha256 !== null) {
      names.set(seg - 1, sha256);
    }
  }
  return names;
}
