/**
 * The fixed grammar of a line, over raw bytes: what `grammar` of ../../line.ts accepts, with
 * number, key and `prev` that are known beforehand. The MAC is not looked at here.
 *
 * AssemblyScript, not TypeScript: see SPEC.md beside the folder.
 */
import { lineFeed, macSuffixBytes, maxEntryBytes, minLineBytes } from "./layout";

/** `{"v":1,"seq":N,"key":"KID.EPOCH","ts":"` as the next line must begin; the caller writes it. */
export const opening: usize = memory.data(128, 16);
/** `prev` of the first line: 64 digits. */
export const firstPrev: usize = memory.data(64, 16);

let openingBytes: u32 = 0;
/** Digits of N, and one past the last of them. */
let numberStart: usize = 0;
let numberEnd: usize = 0;

/** After the caller has written the opening. */
export function setOpening(bytes: u32, digits: u32): void {
  openingBytes = bytes;
  numberStart = opening + 13;
  numberEnd = numberStart + digits;
}

/** Counts the number in the opening on by one. */
export function countOn(): void {
  let at = numberEnd - 1;
  while (at >= numberStart && load<u8>(at) == 0x39) store<u8>(at--, 0x30);
  if (at >= numberStart) {
    store<u8>(at, load<u8>(at) + 1);
    return;
  }
  // All nines: one digit more.
  memory.copy(numberStart + 1, numberStart, opening + openingBytes - numberStart);
  store<u8>(numberStart, 0x31);
  numberEnd++;
  openingBytes++;
}

/** Where the time of a line that starts at `line` stands. */
@inline
export function timeOf(line: usize): usize {
  return line + openingBytes;
}

@inline
function isAtMost(x: v128, least: i32, span: i32): v128 {
  return i8x16.le_u(i8x16.sub(x, i8x16.splat(<i8>least)), i8x16.splat(<i8>span));
}

let hasForeign: bool = false;

/** True when the last line found has a byte outside 0x20 to 0x7e before its LF. */
export function isForeign(): bool {
  return hasForeign;
}

/**
 * Finds the LF of the line at `line`, looking no further than `end` and than a line may reach.
 *
 * @returns Its address, or `end` or the bound when there is none before.
 */
export function findLineEnd(line: usize, end: usize): usize {
  const bound = min<usize>(end, line + maxEntryBytes);
  hasForeign = false;
  for (let at = line; at < bound; at += 16) {
    // Most vectors hold nothing but printable characters: one comparison for all questions.
    let odd: u32 = ~i8x16.bitmask(isAtMost(v128.load(at), 0x20, 0x5e)) & 0xffff;
    while (odd != 0) {
      const found = at + ctz<u32>(odd);
      if (found >= bound) return bound;
      if (load<u8>(found) == lineFeed) return found;
      hasForeign = true;
      odd &= odd - 1;
    }
  }
  return bound;
}

@inline
function differ16(x: usize, y: usize): v128 {
  return v128.xor(v128.load(x), v128.load(y));
}

/** INVARIANT: the opening has at least 32 bytes. */
@inline
function hasOpening(line: usize): bool {
  let difference = differ16(line + openingBytes - 16, opening + openingBytes - 16);
  for (let i: u32 = 0; i + 16 <= openingBytes; i += 16) {
    difference = v128.or(difference, differ16(line + i, opening + i));
  }
  return !v128.any_true(difference);
}

// `YYYY-MM-DDThh:mm:ss.ffffffZ","type":"`: least and greatest byte of each place.
const timeBytes: u32 = 37;
const timeLeast: usize = memory.data<u8>([
  48, 48, 48, 48, 45, 48, 48, 45, 48, 48, 84, 48, 48, 58, 48, 48, 58, 48, 48, 46, 48, 48, 48, 48, 48, 48,
  90, 34, 44, 34, 116, 121, 112, 101, 34, 58, 34,
], 16);
const timeGreatest: usize = memory.data<u8>([
  57, 57, 57, 57, 45, 57, 57, 45, 57, 57, 84, 57, 57, 58, 57, 57, 58, 57, 57, 46, 57, 57, 57, 57, 57, 57,
  90, 34, 44, 34, 116, 121, 112, 101, 34, 58, 34,
], 16);

@inline
function outside16(at: usize, i: usize): v128 {
  const x = v128.load(at + i);
  return v128.or(
    i8x16.lt_u(x, v128.load(timeLeast + i)),
    i8x16.gt_u(x, v128.load(timeGreatest + i)),
  );
}

@inline
function hasTime(at: usize): bool {
  const bad = v128.or(v128.or(outside16(at, 0), outside16(at, 16)), outside16(at, 21));
  return !v128.any_true(bad);
}

/** Characters of the type at `at`, `[A-Za-z0-9_.]`; more than 64 are not counted to their end. */
@inline
function countType(at: usize): u32 {
  for (let i: u32 = 0; i <= 64; i += 16) {
    const x = v128.load(at + i);
    const letter = isAtMost(v128.or(x, i8x16.splat(0x20)), 0x61, 25);
    const other = v128.or(i8x16.eq(x, i8x16.splat(0x5f)), i8x16.eq(x, i8x16.splat(0x2e)));
    const fits = v128.or(v128.or(letter, isAtMost(x, 0x30, 9)), other);
    const odd: u32 = ~i8x16.bitmask(fits) & 0xffff;
    if (odd != 0) return i + ctz<u32>(odd);
  }
  return 80;
}

/** Little-endian: `","sev":` */
const severityMember: u64 = 0x3a22766573222c22;
/** `","d":{`, and the mask of seven bytes. */
const detailsMember: u64 = 0x7b3a2264222c22;
const sevenBytes: u64 = 0xffffffffffffff;

/** Characters of the severity at `at`; 0 when it is none. */
@inline
function countSeverity(at: usize): u32 {
  const text = load<u64>(at);
  if ((text & 0xffffff) == 0x574f4c) return 3; // LOW
  if ((text & 0xffffffffffff) == 0x4d554944454d) return 6; // MEDIUM
  if ((text & 0xffffffff) == 0x48474948) return 4; // HIGH
  if (text == 0x4c41434954495243) return 8; // CRITICAL
  return 0;
}

/** Little-endian: `,"prev":` without its last quote, and `,"mac":"`. */
const prevMember: u64 = 0x3a2276657270222c;
const macMember: u64 = 0x223a2263616d222c;
const quote: u8 = 0x22;
const openBrace: u8 = 0x7b;
const closeBrace: u8 = 0x7d;

/** Little-endian: `audit.ge`, `genesis"`. */
const auditGenesis: u64 = 0x65672e7469647561;
const genesisQuote: u64 = 0x22736973656e6567;

/** The type is `audit.genesis`; its closing quote is looked at too. */
@inline
function isGenesis(type: usize): bool {
  return load<u64>(type) == auditGenesis && load<u64>(type + 6) == genesisQuote;
}

const auditDot: u64 = 0x2e7469647561;

/** The type begins like one the log itself writes: `audit.` and `ge`, `se`, `ke`, `pr` or `re`. */
@inline
export function isStructural(line: usize): bool {
  const text = load<u64>(timeOf(line) + timeBytes);
  if ((text & 0xffffffffffff) != auditDot) return false;
  const next = <u32>(text >>> 48);
  return next == 0x6567 || next == 0x6573 || next == 0x656b || next == 0x7270 || next == 0x6572;
}

/** From the end, at fixed places: `}`, `,"prev":"`, 64 digits, `"`, `,"mac":"`, 64 digits, `"}`. */
@inline
function hasSuffix(end: usize, prev: usize): bool {
  const mac = end - macSuffixBytes;
  const member = mac - 74;
  if (load<u8>(member - 1) != closeBrace || load<u64>(member) != prevMember) return false;
  if (load<u8>(member + 8) != quote || load<u8>(mac - 1) != quote) return false;
  if (load<u64>(mac) != macMember || load<u16>(end - 2) != 0x7d22) return false;
  const at = member + 9;
  const first = v128.or(differ16(at, prev), differ16(at + 16, prev + 16));
  const second = v128.or(differ16(at + 32, prev + 32), differ16(at + 48, prev + 48));
  return !v128.any_true(v128.or(first, second));
}

/** Address of the `{` of `d`, or 0 when what stands before it is not as the grammar wants it. */
@inline
function findDetails(line: usize, isFirst: bool): usize {
  if (!hasOpening(line) || !hasTime(timeOf(line))) return 0;
  const type = timeOf(line) + timeBytes;
  const characters = countType(type);
  if (characters - 1 > 63 || isGenesis(type) != isFirst) return 0;
  let at = type + characters;
  if (load<u64>(at) != severityMember || load<u8>(at + 8) != quote) return 0;
  const severity = countSeverity(at + 9);
  at += 9 + severity;
  if (severity == 0 || (load<u64>(at) & sevenBytes) != detailsMember) return 0;
  return at + 6;
}

/**
 * Whether the bytes from `line` to before the LF at `end` are the line the opening announces and
 * repeat the 64 digits at `prev`. All bytes are known to be printable.
 *
 * @param isFirst The line has the number 0: it is a genesis line, and no other is.
 */
export function isNextLine(line: usize, end: usize, prev: usize, isFirst: bool): bool {
  // Nothing shorter is a line; the tables have room for as many as a window has of this length.
  if (end - line < minLineBytes - 1) return false;
  const details = findDetails(line, isFirst);
  // `d` has two braces at least, and the suffix begins right behind the last.
  return details != 0 && end - suffixBytes > details && hasSuffix(end, prev);
}

/** The last brace of `d`, `,"prev":"` and digits and quote, the suffix. */
const suffixBytes: u32 = 1 + 74 + macSuffixBytes;

/** A line's time is smaller than that of another: 27 bytes, compared from the first on. */
export function isEarlier(time: usize, than: usize): bool {
  let i: usize = 0;
  let odd: u32 = ~i8x16.bitmask(i8x16.eq(v128.load(time), v128.load(than))) & 0xffff;
  if (odd == 0) {
    i = 11;
    odd = ~i8x16.bitmask(i8x16.eq(v128.load(time, 11), v128.load(than, 11))) & 0xffff;
  }
  if (odd == 0) return false;
  i += ctz<u32>(odd);
  return load<u8>(time + i) < load<u8>(than + i);
}
