/**
 * One verified entry on its way out of the log, and the bytes it was verified by.
 *
 * @module
 */
import type { Entry } from "../entry.ts";
import { encodeBody } from "../line.ts";

/** What an encoder gets. */
export interface ExportRow {
  readonly entry: Entry;
  /** Counts from 1. */
  readonly row: number;
  /** Of the whole export, known before it begins: a last row below it shows that rows are missing. */
  readonly rows: number;
  /** 32 hex digits; from the record of the install, not from the file that is exported. */
  readonly logId: string;
}

const decoder = new TextDecoder("latin1");

/**
 * The entry's line in the log, without its LF. An entry has one encoding (SPEC.md, "Line"), so that
 * what was read gives back the bytes it was read from.
 */
export function rawLine({ mac, ...entry }: Entry): string {
  return `${decoder.decode(encodeBody(entry))},"mac":"${mac}"}`;
}

/** `LOG:SEQ`: names an entry wherever it is taken. */
export function entryUid({ logId, entry }: Pick<ExportRow, "logId" | "entry">): string {
  return `${logId}:${entry.seq}`;
}

/** JSON in ASCII: nothing in it can move a cursor, turn a line around or split it. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
