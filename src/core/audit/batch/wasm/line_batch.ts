/**
 * The module's face to line_module.ts: what lies in the window is verified as the next lines of a
 * chain, or hashed. No imports, no growing memory, no state that outlives a call but the tables.
 *
 * AssemblyScript, not TypeScript: see SPEC.md beside the folder.
 */
import { expandKey, Mode, runLanes } from "./lanes";
import {
  clockBackStart,
  macDigitsAt,
  macSuffixBytes,
  maxEntryBytes,
  offsetsStart,
  structuralStart,
  windowStart,
} from "./layout";
import {
  countOn,
  findLineEnd,
  firstPrev,
  isEarlier,
  isForeign,
  isNextLine,
  isStructural,
  opening,
  setOpening,
  timeOf,
} from "./line_grammar";

/** Where the caller writes the key of HMAC: 64 bytes, short keys end in zeros. */
export const key: usize = memory.data(64, 16);
/** Where the caller writes the time of the line before the window: 27 characters. */
export const firstTime: usize = memory.data(32, 16);

// What the caller writes to and reads from.
export { firstPrev, opening } from "./line_grammar";
export {
  clockBackStart,
  digestsStart,
  maxEntryBytes,
  memoryEnd,
  offsetsStart,
  structuralStart,
  windowBytes,
  windowStart,
} from "./layout";
/** The tables end here, below the window. */
export const tablesEnd: usize = __heap_base;

let scanned: u32 = 0;
let verified: u32 = 0;
let structural: u32 = 0;
let clockBack: u32 = 0;
let isFaulty: bool = false;

/** After the caller has written the key. */
export function setKey(): void {
  expandKey(key);
}

@inline
function note(line: usize, before: usize): void {
  if (isStructural(line)) store<u32>(structuralStart + 4 * structural++, scanned);
  if (before != 0 && isEarlier(timeOf(line), before)) {
    store<u32>(clockBackStart + 4 * clockBack++, scanned);
  }
}

/** Finds the lines that are the next ones in everything but the MAC, and where they begin. */
function scan(end: usize, limit: u32, isGenesis: bool, hasTimeBefore: bool): void {
  let line: usize = windowStart;
  let prev: usize = firstPrev;
  let time: usize = hasTimeBefore ? firstTime : 0;
  let isFirst = isGenesis;
  scanned = 0, structural = 0, clockBack = 0;
  isFaulty = false;
  store<u32>(offsetsStart, 0);
  while (line < end) {
    const lineEnd = findLineEnd(line, end);
    // No LF: a line that goes on after the window, or is longer than any may be.
    if (lineEnd == end || lineEnd - line == maxEntryBytes) {
      isFaulty = lineEnd - line == maxEntryBytes;
      return;
    }
    if (isForeign() || scanned == limit || !isNextLine(line, lineEnd, prev, isFirst)) {
      isFaulty = true;
      return;
    }
    note(line, time);
    time = timeOf(line);
    prev = lineEnd - macSuffixBytes + macDigitsAt;
    line = lineEnd + 1;
    isFirst = false;
    store<u32>(offsetsStart + 4 * ++scanned, <u32>(line - windowStart));
    countOn();
  }
}

/** Lines that were found behind the first one with another MAC do not count. */
function forgetBehind(count: u32): void {
  while (structural > 0 && load<u32>(structuralStart + 4 * structural - 4) >= count) structural--;
  while (clockBack > 0 && load<u32>(clockBackStart + 4 * clockBack - 4) >= count) clockBack--;
}

/**
 * Verifies the complete lines of the first `lengthBytes` of the window. The caller has written the
 * opening, the 64 digits of the head's MAC, the time before, and the key.
 *
 * @param openingBytes Length of the opening.
 * @param digits Digits of the number in it.
 * @param limit How many numbers are left before the greatest.
 * @returns How many lines, from the first on, are the next ones of the chain.
 */
export function verify(
  lengthBytes: u32,
  openingBytes: u32,
  digits: u32,
  limit: u32,
  isGenesis: bool,
  hasTimeBefore: bool,
): u32 {
  setOpening(openingBytes, digits);
  scan(windowStart + lengthBytes, limit, isGenesis, hasTimeBefore);
  verified = runLanes(scanned, Mode.Mac);
  if (verified < scanned) isFaulty = true;
  forgetBehind(verified);
  return verified;
}

/**
 * MACs alone, of lines whose offsets the caller has written: for the self-test, whose messages are
 * no lines.
 */
export function compareMacs(count: u32): u32 {
  return runLanes(count, Mode.Mac);
}

/** Leaf hashes of the verified lines, into the table of digests. */
export function hashLeaves(): void {
  runLanes(verified, Mode.Leaf);
}

export function structuralCount(): u32 {
  return structural;
}

export function clockBackCount(): u32 {
  return clockBack;
}

export function hasFault(): bool {
  return isFaulty;
}
