/**
 * The lines of one file, held against the chain. SPEC.md, "Line" and "Verifying".
 */
import { type Line, maxLineCharacters, readDetails, readLine } from "./read_line.ts";
import type { KnownHead } from "./read_slot.ts";
import type { Keys } from "./secrets.ts";

const maxTornBytes = 1_048_576;

/** Where a finding is, and what it is. */
export interface Finding {
  readonly seg: number;
  readonly seq: number;
  readonly offset: number;
  readonly kind: string;
}

/** The last entry before a place. */
export interface Place {
  readonly seq: number;
  readonly mac: string;
}

/** A verified entry. */
export interface Entry extends Line {
  readonly details: Readonly<Record<string, unknown>>;
  readonly offset: number;
}

export interface WalkedLines {
  readonly entries: readonly Entry[];
  readonly last: Place;
  /** Bytes that verified. */
  readonly bytes: number;
  readonly finding: Finding | null;
  /** Bytes behind them that may be a torn write. */
  readonly restBytes: number;
}

export interface WalkedAgainst {
  readonly seg: number;
  readonly from: Place;
  readonly keys: Keys;
  readonly known: readonly KnownHead[];
  /** False: NULs at the end are a finding, whatever a file's data may have come to. */
  readonly isTornAllowed?: boolean;
}

export async function walkLines(text: string, against: WalkedAgainst): Promise<WalkedLines> {
  const entries: Entry[] = [];
  let last = against.from;
  let offset = 0;
  let kind: string | null = null;
  while (kind === null && offset < text.length) {
    const end = text.indexOf("\n", offset);
    const length = (end < 0 ? text.length : end) - offset;
    if (length > maxLineCharacters) kind = "frame";
    else if (end < 0) break;
    else {
      const line = readLine(text.slice(offset, end));
      kind = line === null ? "syntax" : await findFault(line, last, against);
      const details = line === null ? null : readDetails(line);
      if (kind === null && details === null) kind = "syntax";
      if (line === null || details === null || kind !== null) break;
      entries.push({ ...line, details, offset });
      last = line;
      offset = end + 1;
    }
  }
  const restBytes = text.length - offset;
  const isTorn = against.isTornAllowed !== false && (kind === "syntax" || kind === "frame") &&
    restBytes <= maxTornBytes &&
    text.includes("\0", offset);
  const finding = kind === null || isTorn
    ? null
    : { seg: against.seg, seq: last.seq + 1, offset, kind };
  return { entries, last, bytes: offset, finding, restBytes: finding === null ? restBytes : 0 };
}

/** What the line fails by, in this order. */
async function findFault(
  line: Line,
  before: Place,
  { seg, keys, known }: WalkedAgainst,
): Promise<string | null> {
  if (line.seq !== before.seq + 1) return "sequence";
  if (line.kid !== keys.kid || line.epoch !== seg) return "key";
  if (line.prev !== before.mac) return "prev";
  if (line.mac !== await keys.macEntry(line.body)) return "mac";
  if ((line.type === "audit.genesis") !== (line.seq === 0)) return "genesis";
  if (known.some(({ seq, mac }) => seq === line.seq && mac !== line.mac)) return "head";
  return null;
}
