/**
 * What a log needs beside appending: a new segment when one is full, and its head code said aloud
 * now and then, so that an anchor outside this user exists without anyone asking for it.
 *
 * @module
 */
import type { Head } from "../core/audit/entry.ts";
import { TamperDetectedError, toEngineError } from "../core/errors.ts";

/** A log as who keeps it needs it. */
export interface KeptLog {
  /** Whether the segment has reached its size. */
  readonly isFull: () => boolean;
  /** Number of the segment, as far as the last transaction saw it. */
  readonly segment: () => number;
  /** Seals it and begins the next; false when another process was faster. */
  readonly rotate: () => Promise<boolean>;
  readonly head: () => Promise<Head>;
}

/** How often a server looks whether its segment is full, and says its head code. */
const everyMs = { look: 1_000, say: 300_000 };

/** `SEQ:PREFIX`, as `audit verify --anchor` takes it: 80 bits of the MAC. */
export function headCode({ seq, mac }: Head): string {
  return `${seq}:${mac.slice(0, 20)}`;
}

/**
 * For a one-shot, when it has answered. A full disk or a busy log is the next one's to try again;
 * an entry that does not verify any more is not.
 *
 * @throws {TamperDetectedError} `audit_tampered`.
 */
export async function keepSize(log: Pick<KeptLog, "isFull" | "rotate">): Promise<void> {
  try {
    if (log.isFull()) await log.rotate();
  } catch (error) {
    if (error instanceof TamperDetectedError) throw error;
  }
}

/** Goes on until it is stopped; what fails is said and tried again. */
export function keepLog(
  log: KeptLog,
  say: (line: string) => void,
  every: { readonly look: number; readonly say: number } = everyMs,
): () => Promise<void> {
  let working: Promise<void> = Promise.resolve();
  const queue = (step: () => Promise<void>) => {
    working = working.then(step).catch((error) => {
      say(`log: ${toEngineError(error).code}: ${toEngineError(error).message}`);
    });
  };
  const sayHead = async () => say(`head ${headCode(await log.head())}`);
  queue(sayHead);
  let isLooking = false;
  let said = log.segment();
  const lookOnce = async () => {
    try {
      if (log.isFull()) await log.rotate();
    } finally {
      isLooking = false;
    }
    // Closed by this process or by another one.
    if (log.segment() === said) return;
    said = log.segment();
    await sayHead();
  };
  const look = setInterval(() => {
    if (isLooking || (!log.isFull() && log.segment() === said)) return;
    isLooking = true;
    queue(lookOnce);
  }, every.look);
  const speak = setInterval(() => queue(sayHead), every.say);
  return async () => {
    clearInterval(look);
    clearInterval(speak);
    await working;
  };
}
