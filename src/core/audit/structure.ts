/**
 * Whether the entries that hold a log together stand where they must: within one segment, and from
 * one segment to the next. Each line was verified before by itself.
 *
 * @module
 */
import type { Entry, Head } from "./entry.ts";
import { countOf, structuralTypes, textOf } from "./segment.ts";
import type { FindingKind } from "./verifier.ts";

/** A structural entry and where its line lies in the file. */
export interface StructuralEntry {
  readonly entry: Entry;
  readonly offset: number;
  readonly lineBytes: number;
}

/** One segment as a walk found it, every line verified under the segment's key. */
export interface WalkedSegment {
  readonly seg: number;
  /** False for the one that is appended to. */
  readonly isSealed: boolean;
  /** False where its key is not at hand: only its file's hash is known to be right. */
  readonly isVerified: boolean;
  readonly kid: string;
  /**
   * Before its first line, as that line tells it; `sizeBytes` 0. More where a walk goes on in the
   * middle of the file.
   */
  readonly from: Head;
  /** After its last verified line. */
  readonly head: Head;
  readonly structural: readonly StructuralEntry[];
}

/** Where the structure breaks. */
export interface StructureFault {
  readonly seg: number;
  readonly seq: number;
  readonly offset: number;
  readonly kind: FindingKind;
}

/** The first structural fault within a segment; null when there is none. */
export function findSegmentFault(segment: WalkedSegment, logId: string): StructureFault | null {
  const fault = (at: StructuralEntry): StructureFault => ({
    seg: segment.seg,
    seq: at.entry.seq,
    offset: at.offset,
    kind: "structure",
  });
  const wrong = segment.structural.find((at) => !isInPlace(at, segment, logId));
  if (wrong !== undefined) return fault(wrong);
  const { head, seg } = segment;
  // A file that ends without a seal was cut, or its seal taken away.
  if (segment.isSealed && sealOf(segment) === null) {
    return { seg, seq: head.seq + 1, offset: head.sizeBytes, kind: "seal" };
  }
  const [first] = segment.structural;
  const type = seg === 0 ? structuralTypes.genesis : structuralTypes.segment;
  const isWhole = segment.from.sizeBytes === 0;
  return isWhole && head.sizeBytes > 0 && (first?.offset !== 0 || first.entry.type !== type)
    ? { seg, seq: segment.from.seq + 1, offset: 0, kind: "structure" }
    : null;
}

function isInPlace(at: StructuralEntry, segment: WalkedSegment, logId: string): boolean {
  const { entry: { type, details }, offset } = at;
  switch (type) {
    case structuralTypes.genesis:
      return segment.seg === 0 && offset === 0 && textOf(details, "log") === logId;
    case structuralTypes.segment:
      return segment.seg > 0 && offset === 0 && countOf(details, "seg") === segment.seg &&
        textOf(details, "log") === logId;
    case structuralTypes.seal:
      return offset + at.lineBytes === segment.head.sizeBytes && agreesWithFile(at, segment);
    case structuralTypes.keyBegin:
      return segment.structural[1] === at && offset === segment.structural[0]?.lineBytes &&
        textOf(details, "to") === segment.kid;
    default:
      return true;
  }
}

function agreesWithFile({ entry, offset }: StructuralEntry, { seg, from }: WalkedSegment): boolean {
  const { details } = entry;
  // A walk that went on from the middle of the file takes the seal's word for where it begins.
  const first = from.sizeBytes === 0 ? from.seq + 1 : countOf(details, "first") ?? -1;
  return countOf(details, "seg") === seg && countOf(details, "first") === first &&
    countOf(details, "n") === entry.seq - first && countOf(details, "bytes") === offset;
}

/** The seal a segment ends with; null when it has none. */
function sealOf({ structural, head }: WalkedSegment): Entry | null {
  const last = structural.at(-1)?.entry;
  return last?.type === structuralTypes.seal && last.seq === head.seq ? last : null;
}

/** The fault between a segment and the one before it; null when they belong together. */
export function findJoinFault(before: WalkedSegment, next: WalkedSegment): StructureFault | null {
  const { seg, from } = next;
  const fault = (kind: FindingKind) => ({ seg, seq: before.head.seq + 1, offset: 0, kind });
  if (from.seq !== before.head.seq) return fault("sequence");
  if (from.mac !== before.head.mac) return fault("prev");
  if (next.kid !== before.kid && !isAnnounced(before, next)) return fault("key");
  return null;
}

/** Whether the old key named the new one right before its last seal, and the new one answered. */
function isAnnounced(before: WalkedSegment, next: WalkedSegment): boolean {
  const seal = before.structural.at(-1);
  const announced = before.structural.at(-2);
  const begun = next.structural[1]?.entry;
  if (!before.isVerified) return begun?.type === structuralTypes.keyBegin;
  if (announced?.entry.type !== structuralTypes.keyRotate || seal === undefined) return false;
  if (announced.offset + announced.lineBytes !== seal.offset) return false;
  return begun?.type === structuralTypes.keyBegin &&
    textOf(announced.entry.details, "to") === next.kid &&
    textOf(announced.entry.details, "from") === before.kid &&
    textOf(announced.entry.details, "commitment") === textOf(begun.details, "commitment");
}
