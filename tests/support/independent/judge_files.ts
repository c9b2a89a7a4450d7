/**
 * One verdict on all files of a log. SPEC.md, "Verdicts".
 */
import { type Anchor, compareAnchor } from "./anchors.ts";
import { readSlot, type SlotReading } from "./read_slot.ts";
import type { Secrets } from "./secrets.ts";
import { closedSegments, type LogFiles, type WalkedLog, walkFiles } from "./walk_log.ts";

export interface JudgeInput {
  readonly secrets: Secrets;
  readonly logId: string;
  /** SHA-256 of the genesis line, where it was recorded. */
  readonly fingerprint?: string | null;
  readonly anchors?: readonly Anchor[];
}

export interface Judgement {
  readonly verdict: string;
  readonly kind: string | null;
  readonly segment: number | null;
  readonly seq: number | null;
  /** Last verified entry. */
  readonly headSeq: number;
  readonly unverifiable: readonly (readonly [number, number])[];
}

interface Slots {
  readonly heads: readonly SlotReading[];
  readonly marks: readonly SlotReading[];
  readonly all: readonly SlotReading[];
}

type Partly = Omit<Judgement, "headSeq" | "unverifiable">;

/** @param files By the names of SPEC.md, "Files"; a mark is `mark.0` or `mark.1`. */
export async function judgeFiles(files: LogFiles, input: JudgeInput): Promise<Judgement> {
  const slots = await readSlots(files, input);
  const known = slots.all.flatMap((slot) => slot.kind === "good" ? [slot.head] : []);
  const lastClosed = closedSegments(files).at(-1) ?? -1;
  const isLost = !files.has("audit.log") &&
    (lastClosed < 0 || known.some(({ seg }) => seg > lastClosed));
  if (isLost) return { ...say("MISSING", "place"), headSeq: -1, unverifiable: [] };
  const { fingerprint = null } = input;
  const walked = await walkFiles(files, { ...input, fingerprint, known });
  const verdict = judgeFinding(walked, slots, input.logId) ?? judgeMissing(walked) ??
    judgeSlots(slots) ?? judgeKnown(walked, known) ??
    await judgeRest(walked, input.anchors ?? []);
  const { last, unverifiable } = walked;
  return { ...verdict, headSeq: last.seq, unverifiable };
}

function say(
  verdict: string,
  kind: string | null,
  at: { readonly seg?: number; readonly seq?: number | null } = {},
): Partly {
  return { verdict, kind, segment: at.seg ?? null, seq: at.seq ?? null };
}

async function readSlots(files: LogFiles, input: JudgeInput): Promise<Slots> {
  const read = (prefix: string) =>
    Promise.all(
      [0, 1].map((slot) => readSlot(files.get(`${prefix}.${slot}`) ?? null, slot, input)),
    );
  const heads = await read("audit.log.d/head");
  const marks = await read("mark");
  return { heads, marks, all: [...heads, ...marks] };
}

function judgeFinding(walked: WalkedLog, slots: Slots, logId: string): Partly | null {
  const { finding, claimedLogId, entries } = walked;
  if (finding === null) return null;
  const { kind, offset } = finding;
  if (claimedLogId !== null && claimedLogId !== logId) return say("FOREIGN-LOG", kind, finding);
  const isNothingOurs = entries.length === 0 && kind !== "mac" &&
    slots.all.every((slot) => slot.kind === "other_key");
  const hasMark = slots.all.some((slot) => slot.kind === "good");
  if ((kind === "key" || isNothingOurs) && offset === 0 && !hasMark) {
    return say("UNVERIFIABLE", "key", finding);
  }
  const verdicts: Readonly<Record<string, string>> = {
    fingerprint: "FOREIGN-LOG",
    head: "ROLLBACK",
  };
  return say(verdicts[kind] ?? "TAMPERED", kind, finding);
}

function judgeMissing(log: WalkedLog): Partly | null {
  const { numbers } = log;
  const [first = 0] = numbers;
  const last = numbers.at(-1) ?? 0;
  if (first > 0 && !isPruned(log)) return say("MISSING", "segment", { seg: 0 });
  for (let seg = first; seg < last; seg++) {
    if (!numbers.includes(seg)) return say("MISSING", "segment", { seg });
  }
  return null;
}

/** Whether an entry names the segment before the oldest one with the hash that one gives. */
function isPruned({ numbers, entries, frontNames, passedRemovals }: WalkedLog): boolean {
  const before = (numbers[0] ?? 0) - 1;
  const named = frontNames ?? entries[0]?.details["prev_seg_sha256"];
  const removals = entries.filter(({ type }) => type === "audit.prune")
    .map(({ details }) => details["removed"]);
  return [...removals, ...passedRemovals].some((removed) =>
    Array.isArray(removed) &&
    removed.some((pair) => Array.isArray(pair) && pair[0] === before && pair[1] === named)
  );
}

function judgeSlots({ heads, marks }: Slots): Partly | null {
  for (const [name, pair] of [["head", heads], ["mark", marks]] as const) {
    if (pair.some(({ kind }) => kind === "missing")) return say("MISSING", name);
    if (pair.some(({ kind }) => kind === "good")) continue;
    return say(pair.some(({ kind }) => kind === "other_log") ? "FOREIGN-LOG" : "TAMPERED", name);
  }
  const isTurnLost = heads.some((head, i) =>
    head.kind === "damaged" && marks[i]?.kind === "damaged"
  );
  return isTurnLost ? say("TAMPERED", "head") : null;
}

type Known = readonly { readonly seg: number; readonly seq: number; readonly size: number }[];

function judgeKnown(walked: WalkedLog, known: Known): Partly | null {
  const { last, numbers, bytes, restBytes } = walked;
  const newest = known.toSorted((a, b) => b.seq - a.seq)[0];
  if (newest === undefined || newest.seq <= last.seq) return null;
  const seg = numbers.at(-1) ?? 0;
  const isCut = newest.seg !== seg || bytes + restBytes < newest.size;
  return say(isCut ? "ROLLBACK" : "TAMPERED", isCut ? "head" : "frame", { seg, seq: last.seq + 1 });
}

async function judgeRest(walked: WalkedLog, anchors: readonly Anchor[]): Promise<Partly> {
  const { last, numbers, restBytes, entries, unverifiable } = walked;
  const outcomes = await Promise.all(anchors.map((anchor) => compareAnchor(anchor, walked)));
  const seg = numbers.at(-1) ?? 0;
  const fork = outcomes.find(({ kind }) => kind === "contradicts");
  if (fork !== undefined) return say("FORK", "anchor", { seq: fork.seq });
  if (outcomes.some(({ kind }) => kind === "beyond")) {
    return say("ROLLBACK", "anchor", { seg, seq: last.seq + 1 });
  }
  if (unverifiable.length > 0) return say("UNVERIFIABLE", "key");
  if (restBytes > 0) return say("UNCLEAN-END", "frame", { seg, seq: last.seq + 1 });
  const newest = entries.at(-1);
  if (newest?.type === "audit.seal" && newest.seq === last.seq) {
    return say("UNCLEAN-END", "segment");
  }
  if ((numbers[0] ?? 0) > 0) return say("FRONT-PRUNED", null);
  const isAnchored = outcomes.some(({ kind }) => kind === "agrees");
  return say(isAnchored ? "OK" : "OK-UNANCHORED", null);
}
