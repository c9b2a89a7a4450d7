/**
 * Every file of a log, oldest first. SPEC.md, "Segments", "Keys" and "Verdicts".
 */
import { oneToOne } from "./one_to_one.ts";
import { readDetails, readLine } from "./read_line.ts";
import type { KnownHead } from "./read_slot.ts";
import { hex, type Keys, maxSegments, type Secrets } from "./secrets.ts";
import { appendLeaf, emptyTree, hashLeaf, readTree, type Tree } from "./tree.ts";
import { type Entry, type Finding, type Place, type WalkedLines, walkLines } from "./walk_lines.ts";
import { findJoinFault, findStructureFault, type Walked } from "./find_structure_fault.ts";

const genesisPrev = "0".repeat(64);
const segmentName = /^audit\.log\.d\/seg-(\d{8})\.jsonl$/;

/** Files by name, as SPEC.md, "Files", names them. */
export type LogFiles = ReadonlyMap<string, Uint8Array>;

export interface WalkInput {
  readonly secrets: Secrets;
  readonly logId: string;
  readonly fingerprint: string | null;
  readonly known: readonly KnownHead[];
}

/** What was found on the way. */
export interface WalkedLog {
  readonly numbers: readonly number[];
  readonly finding: Finding | null;
  readonly entries: readonly Entry[];
  /** Before each of `entries`; null where not known. */
  readonly trees: readonly (Tree | null)[];
  /** After the last. */
  readonly treeAfter: Tree | null;
  /** Before the first entry there is. */
  readonly start: Place;
  readonly last: Place;
  /** Verified bytes of the newest file, and those behind them. */
  readonly bytes: number;
  readonly restBytes: number;
  readonly unverifiable: readonly (readonly [number, number])[];
  /** What the oldest file names as before it, where nobody could verify that file. */
  readonly frontNames: string | null;
  /** `removed` of `audit.prune` lines in files that nobody could verify and that later ones name. */
  readonly passedRemovals: readonly unknown[];
  /** Log id that a first line under an unknown key names. */
  readonly claimedLogId: string | null;
}

/** A file, and what the one before it was. */
interface Piece {
  readonly seg: number;
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly isClosed: boolean;
}

/** The file before; `walked` is null where its key is not at hand. */
interface Before {
  readonly seg: number;
  readonly kid: string;
  readonly last: Place;
  readonly first: number;
  readonly sha256: string;
  readonly tree: Tree | null;
  readonly walked: Walked | null;
}

export function closedSegments(files: LogFiles): readonly number[] {
  return Array.from(files.keys(), (name) => Number(segmentName.exec(name)?.[1] ?? -1))
    .filter((seg) => seg >= 0 && seg < maxSegments).toSorted((a, b) => a - b);
}

function listPieces(files: LogFiles): readonly Piece[] {
  const pieces = closedSegments(files).map((seg) => {
    const bytes = files.get(`audit.log.d/seg-${String(seg).padStart(8, "0")}.jsonl`);
    return toPiece(seg, bytes ?? new Uint8Array(), true);
  });
  const newest = files.get("audit.log");
  if (newest === undefined) return pieces;
  const next = (pieces.at(-1)?.seg ?? -1) + 1;
  const claimed = firstLine(oneToOne(newest.subarray(0, 16_384)))?.epoch ?? next;
  const seg = claimed < maxSegments ? Math.max(next, claimed) : next;
  return [...pieces, toPiece(seg, newest, false)];
}

function toPiece(seg: number, bytes: Uint8Array, isClosed: boolean): Piece {
  return { seg, text: oneToOne(bytes), bytes, isClosed };
}

function firstLine(text: string) {
  const end = text.indexOf("\n");
  return end < 0 ? null : readLine(text.slice(0, end));
}

function lastLine(text: string) {
  if (!text.endsWith("\n")) return null;
  return readLine(text.slice(text.lastIndexOf("\n", text.length - 2) + 1, -1));
}

export async function walkFiles(files: LogFiles, input: WalkInput): Promise<WalkedLog> {
  let state: WalkedLog = {
    numbers: [],
    finding: null,
    entries: [],
    trees: [],
    treeAfter: emptyTree,
    start: { seq: -1, mac: genesisPrev },
    last: { seq: -1, mac: genesisPrev },
    bytes: 0,
    restBytes: 0,
    unverifiable: [],
    frontNames: null,
    passedRemovals: [],
    claimedLogId: null,
  };
  let before: Before | null = null;
  for (const piece of listPieces(files)) {
    state = { ...state, numbers: [...state.numbers, piece.seg], bytes: 0, restBytes: 0 };
    const step: Step = await walkPiece(piece, before, input);
    state = step.add(state);
    before = step.before;
    if (state.finding !== null || before === null) return state;
  }
  // A file that nobody can verify, and that no later one names.
  if (before === null || before.walked !== null) return state;
  return { ...state, finding: { seg: before.seg, seq: before.first, offset: 0, kind: "key" } };
}

/** What one file adds; `before` is null when the walk ends with it. */
interface Step {
  readonly add: (state: WalkedLog) => WalkedLog;
  readonly before: Before | null;
}

function stop(finding: Finding, claimedLogId: string | null = null): Step {
  return { before: null, add: (state) => ({ ...state, finding, claimedLogId }) };
}

async function walkPiece(piece: Piece, before: Before | null, input: WalkInput): Promise<Step> {
  const { seg, text, isClosed } = piece;
  const first = firstLine(text);
  const isNext = before?.seg === seg - 1;
  const claimed = first === null ? null : { seq: first.seq - 1, mac: first.prev };
  const origin = { seq: -1, mac: genesisPrev };
  // Behind a file that could not be verified, the first line's own word counts, if it verifies.
  const follows = isNext && before.walked !== null ? before.last : null;
  const from = follows ?? (seg === 0 ? origin : claimed ?? (isNext ? before.last : origin));
  const kid = first?.kid ?? before?.kid ?? input.secrets.kid;
  const here = { seg, seq: from.seq + 1, offset: 0 };
  if (!isClosed && first !== null && first.epoch < seg) return stop({ ...here, kind: "head" });
  const keys = await input.secrets.find(kid, seg);
  if (keys === null && isClosed && first !== null) {
    return await passOver(piece, isNext ? before : null, isNext ? before.last : from);
  }
  if (keys === null) return stop({ ...here, kind: "key" }, claimOf(text));
  return await walkKeyed(piece, { from, keys, before: isNext ? before : null, input });
}

function claimOf(text: string): string | null {
  const first = firstLine(text);
  const id = first === null ? null : readDetails(first)?.["log"];
  return typeof id === "string" ? id : null;
}

/** A closed file whose key is not at hand: only its hash can be held against anything. */
async function passOver(piece: Piece, before: Before | null, from: Place): Promise<Step> {
  const { seg, text, bytes } = piece;
  const first = firstLine(text);
  const last = lastLine(text);
  const at = (kind: string) => stop({ seg, seq: from.seq + 1, offset: 0, kind });
  if (first === null || last === null || last.seq < first.seq) return at("sequence");
  const named = /"prev_seg_sha256":"([0-9a-f]{64})"/.exec(first.detailsText)?.[1];
  const isUnbound = before !== null && before.walked === null;
  if (isUnbound && named !== before.sha256) return stop(falseFile(before));
  if (first.seq !== from.seq + 1) return at("sequence");
  if (first.prev !== from.mac) return at("prev");
  const start = { seq: first.seq - 1, mac: first.prev };
  const common = { seg, kid: first.kid, first: first.seq, last, tree: null, walked: null };
  return {
    before: { ...common, sha256: await hashOf(bytes) },
    add: (state) => ({
      ...state,
      start: state.numbers.length === 1 ? start : state.start,
      last,
      bytes: bytes.length,
      unverifiable: joinRanges(state.unverifiable, first.seq, last.seq),
      frontNames: state.numbers.length === 1 ? named ?? null : state.frontNames,
      passedRemovals: [...state.passedRemovals, ...removalsIn(text)],
    }),
  };
}

function removalsIn(text: string): readonly unknown[] {
  return text.split("\n").flatMap((line) => {
    const read = line.includes('"type":"audit.prune"') ? readLine(line) : null;
    return read?.type === "audit.prune" ? [JSON.parse(read.detailsText)["removed"]] : [];
  });
}

function joinRanges(ranges: WalkedLog["unverifiable"], from: number, to: number) {
  const last = ranges.at(-1);
  if (last === undefined || last[1] !== from - 1) return [...ranges, [from, to] as const];
  return [...ranges.slice(0, -1), [last[0], to] as const];
}

function falseFile({ seg, first }: Before): Finding {
  return { seg, seq: first, offset: 0, kind: "seal" };
}

// Of a log that is changed again and again, most files stay the same object.
const hashes = new WeakMap<Uint8Array, string>();

async function hashOf(bytes: Uint8Array): Promise<string> {
  const known = hashes.get(bytes);
  if (known !== undefined) return known;
  const digest = await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes));
  const digits = hex(new Uint8Array(digest));
  hashes.set(bytes, digits);
  return digits;
}

interface Keyed {
  readonly from: Place;
  readonly keys: Keys;
  readonly before: Before | null;
  readonly input: WalkInput;
}

async function walkKeyed(piece: Piece, keyed: Keyed): Promise<Step> {
  const { seg, text, isClosed } = piece;
  const { from, keys, before, input } = keyed;
  const lines = await walkLines(text, { seg, from, keys, known: input.known });
  const trees = await treesOf(lines, seg, before);
  const walked: Walked = {
    ...lines,
    seg,
    isClosed,
    from,
    keys,
    trees: trees.slice(0, -1),
    sha256: await hashOf(piece.bytes),
    sha256BeforeLast: await hashOf(piece.bytes.subarray(0, lines.entries.at(-1)?.offset ?? 0)),
  };
  const finding = await findFault(walked, keyed);
  const common = { seg, kid: keys.kid, last: lines.last, sha256: walked.sha256 };
  return {
    before: { ...common, first: from.seq + 1, tree: trees.at(-1) ?? null, walked },
    add: (state) => ({
      ...state,
      finding,
      start: state.numbers.length === 1 ? from : state.start,
      entries: [...state.entries, ...lines.entries],
      trees: [...state.trees, ...walked.trees],
      treeAfter: trees.at(-1) ?? null,
      last: lines.last,
      bytes: lines.bytes,
      restBytes: lines.restBytes,
    }),
  };
}

/** Before each line, and after the last. */
async function treesOf(lines: WalkedLines, seg: number, before: Before | null) {
  const told = readTree(lines.entries[0]?.details["tree"]);
  const isTold = told !== null && told.size === lines.entries[0]?.seq;
  let tree = before?.tree ?? (seg === 0 ? emptyTree : isTold ? told : null);
  const trees: (Tree | null)[] = [tree];
  for (const { text } of lines.entries) {
    tree = tree === null ? null : await appendLeaf(tree, await hashLeaf(text));
    trees.push(tree);
  }
  return trees;
}

async function findFault(walked: Walked, { before, input }: Keyed): Promise<Finding | null> {
  const { seg, isClosed, finding, restBytes, last, bytes, from, entries } = walked;
  if (finding !== null) return finding;
  if (isClosed && restBytes > 0) return { seg, seq: last.seq + 1, offset: bytes, kind: "frame" };
  const misplaced = findStructureFault(walked, input.logId);
  if (misplaced !== null) return misplaced;
  const first = entries[0];
  const origin = first === undefined || input.fingerprint === null
    ? null
    : seg === 0
    ? await hashOf(new TextEncoder().encode(first.text))
    : first.details["genesis"];
  if (origin !== null && origin !== input.fingerprint) {
    return { seg, seq: from.seq + 1, offset: 0, kind: "fingerprint" };
  }
  if (before === null) return null;
  if (before.walked !== null) return findJoinFault(before.walked, walked);
  return findBoundFault(before, walked);
}

/** Behind a file that nobody could verify: is it the one named here, and does this one follow? */
function findBoundFault(before: Before, { entries, seg, from, keys }: Walked): Finding | null {
  const at = (kind: string) => ({ seg, seq: before.last.seq + 1, offset: 0, kind });
  if (entries[0]?.details["prev_seg_sha256"] !== before.sha256) return falseFile(before);
  if (from.seq !== before.last.seq) return at("sequence");
  if (from.mac !== before.last.mac) return at("prev");
  const begun = entries[1];
  const isAnswered = begun?.type === "audit.key_begin" &&
    begun.details["commitment"] === keys.commitment;
  return keys.kid === before.kid || isAnswered ? null : at("key");
}
