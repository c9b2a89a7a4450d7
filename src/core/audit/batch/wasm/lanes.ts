/**
 * Feeds messages to the four lanes. A lane that is done takes the next message at once, whatever
 * the others do: lengths may differ as they like, and none waits for another.
 *
 * AssemblyScript, not TypeScript: see SPEC.md beside the folder.
 */
import { digestsStart, macDigitsAt, macSuffixBytes, offsetsStart, windowStart } from "./layout";
import { clearState, compress, copyState, encodeState, setState, states } from "./sha256_lanes";

/** What is computed of each line: its MAC, compared; or its leaf hash (RFC 6962), written down. */
export const enum Mode {
  Mac,
  Leaf,
}

const enum Stage {
  /** First block of a leaf: a zero byte, then the line. */
  Head,
  /** Whole blocks, where they lie. */
  Whole,
  /** The last bytes, the padding and the length. */
  Tail,
  /** The outer hash of HMAC. */
  Outer,
}

// Of each lane, u32: the block it absorbs next, blocks left in its stage, stage, line, line's bytes.
const laneAt: usize = memory.data(16, 16);
const laneLeft: usize = memory.data(16, 16);
const laneStage: usize = memory.data(16, 16);
const laneLine: usize = memory.data(16, 16);
const laneBytes: usize = memory.data(16, 16);
/** Of each lane two blocks: tail of a message, or head of a leaf. */
const tails: usize = memory.data(512, 16);
/** Of each lane one block: digest of the inner hash, padded. */
const outers: usize = memory.data(256, 16);
/** States after the padded key, RFC 2104: eight words each. */
const innerKey: usize = memory.data(32, 16);
const outerKey: usize = memory.data(32, 16);
const padded: usize = memory.data(64, 16);
const digest: usize = memory.data(32, 16);
/** Lanes without a message absorb this. */
const idle: usize = memory.data(64, 16);

const forever: u32 = 0x7fffffff;

let mode: Mode = Mode.Mac;
let nextLine: u32 = 0;
/** One past the last line to look at; the first faulty line as soon as one is known. */
let endLine: u32 = 0;
let busyLanes: u32 = 0;

@inline
function indexes(from: u8): v128 {
  return i8x16.add(
    i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
    i8x16.splat(<i8>from),
  );
}

/** 16 bytes of the end of a message: what lies behind it becomes 0x80 and zeros. */
@inline
function padVector(from: usize, to: usize, at: u8, restBytes: u32): void {
  const index = indexes(at), rest = i8x16.splat(<i8>restBytes);
  const kept = v128.and(v128.load(from + at), i8x16.lt_u(index, rest));
  const mark = v128.and(i8x16.eq(index, rest), i8x16.splat(<i8>0x80));
  v128.store(to + at, v128.or(kept, mark));
}

/** FIPS 180-4 section 5.1.1: one or two blocks. Returns how many. */
function padTail(from: usize, to: usize, restBytes: u32, messageBytes: u32): u32 {
  padVector(from, to, 0, restBytes);
  padVector(from, to, 16, restBytes);
  padVector(from, to, 32, restBytes);
  padVector(from, to, 48, restBytes);
  // INVARIANT: nothing but a length is ever written to the second block: the rest of it is zeros.
  const blocks: u32 = restBytes >= 56 ? 2 : 1;
  store<u32>(to + 64 * blocks - 4, bswap<u32>(messageBytes * 8));
  return blocks;
}

@inline
function beginStage(lane: usize, stage: Stage, at: usize, blocks: u32): void {
  store<u32>(laneStage + 4 * lane, stage);
  store<u32>(laneAt + 4 * lane, <u32>at);
  store<u32>(laneLeft + 4 * lane, blocks);
}

function beginTail(lane: usize, at: usize): void {
  const bytes = load<u32>(laneBytes + 4 * lane);
  // A leaf begins with a zero byte, which its first block took; a MAC with the padded key.
  const isLeaf = mode == Mode.Leaf;
  const restBytes = (isLeaf ? bytes + 1 : bytes) & 63;
  const blocks = padTail(at, tails + 128 * lane, restBytes, bytes + (isLeaf ? 1 : 64));
  beginStage(lane, Stage.Tail, tails + 128 * lane, blocks);
}

function beginOuter(lane: usize): void {
  const block = outers + 64 * lane;
  encodeState(lane, block);
  store<u32>(block + 32, 0x80);
  store<u32>(block + 60, bswap<u32>((64 + 32) * 8));
  setState(lane, outerKey);
  beginStage(lane, Stage.Outer, block, 1);
}

/** INVARIANT: a leaf has two whole blocks at least: all verified lines are longer. */
function beginLeaf(lane: usize, at: usize): void {
  const block = tails + 128 * lane;
  clearState(lane);
  memory.copy(block + 1, at, 63);
  store<u8>(block, 0);
  beginStage(lane, Stage.Head, block, 1);
}

function beginMac(lane: usize, at: usize, bytes: u32): void {
  setState(lane, innerKey);
  if (bytes < 64) beginTail(lane, at);
  else beginStage(lane, Stage.Whole, at, bytes >>> 6);
}

function beginNext(lane: usize): void {
  if (nextLine >= endLine) {
    busyLanes--;
    beginStage(lane, Stage.Whole, idle, forever);
    return;
  }
  const line = nextLine++;
  const from = load<u32>(offsetsStart + 4 * line);
  const bytes = load<u32>(offsetsStart + 4 * line + 4) - 1 - from;
  const covered = mode == Mode.Leaf ? bytes : bytes - macSuffixBytes;
  store<u32>(laneLine + 4 * lane, line);
  store<u32>(laneBytes + 4 * lane, covered);
  if (mode == Mode.Leaf) beginLeaf(lane, windowStart + from);
  else beginMac(lane, windowStart + from, covered);
}

/** After the first block of a leaf. */
function beginRest(lane: usize): void {
  const at = windowStart + load<u32>(offsetsStart + 4 * load<u32>(laneLine + 4 * lane)) + 63;
  beginStage(lane, Stage.Whole, at, (load<u32>(laneBytes + 4 * lane) - 63) >>> 6);
}

@inline
function hexDigits(nibbles: v128): v128 {
  return i8x16.swizzle(
    i8x16(48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102),
    nibbles,
  );
}

/** Bits in which 16 bytes in lower-case hex differ from the 32 digits at `digits`. */
@inline
function hexDifference(bytes: v128, digits: usize): v128 {
  const high = hexDigits(i8x16.shr_u(bytes, 4));
  const low = hexDigits(v128.and(bytes, i8x16.splat(15)));
  const first = i8x16.shuffle(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const second = i8x16.shuffle(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  return v128.or(
    v128.xor(first, v128.load(digits)),
    v128.xor(second, v128.load(digits + 16)),
  );
}

/** All 64 digits are compared whatever the first ones are: time says nothing about a MAC. */
function compareMac(lane: usize): void {
  const line = load<u32>(laneLine + 4 * lane);
  const end = windowStart + load<u32>(offsetsStart + 4 * line + 4) - 1;
  const digits = end - macSuffixBytes + macDigitsAt;
  encodeState(lane, digest);
  const difference = v128.or(
    hexDifference(v128.load(digest), digits),
    hexDifference(v128.load(digest + 16), digits + 32),
  );
  // Lines before this one may still be on their way in other lanes; those after it do not count.
  if (v128.any_true(difference) && line < endLine) endLine = line;
}

function finishMessage(lane: usize): void {
  if (mode == Mode.Leaf) encodeState(lane, digestsStart + 32 * load<u32>(laneLine + 4 * lane));
  else compareMac(lane);
  beginNext(lane);
}

function beginNextStage(lane: usize): void {
  const stage: Stage = load<u32>(laneStage + 4 * lane);
  if (stage == Stage.Whole) beginTail(lane, load<u32>(laneAt + 4 * lane) + 64);
  else if (stage == Stage.Head) beginRest(lane);
  else if (stage == Stage.Tail && mode == Mode.Mac) beginOuter(lane);
  else finishMessage(lane);
}

@inline
function step(lane: usize): void {
  const left = load<u32>(laneLeft + 4 * lane) - 1;
  if (left == 0) return beginNextStage(lane);
  store<u32>(laneLeft + 4 * lane, left);
  // Idle lanes stay where they are: `forever` is more than any stage has.
  const stride: u32 = left > 0xffffff ? 0 : 64;
  store<u32>(laneAt + 4 * lane, load<u32>(laneAt + 4 * lane) + stride);
}

@inline
function blockOf(lane: usize): usize {
  return load<u32>(laneAt + 4 * lane);
}

/**
 * Runs the lines 0 to `count` - 1, whose offsets stand in the table of offsets.
 *
 * @returns How many, from the first on, have the MAC their end says; in mode Leaf all.
 */
export function runLanes(count: u32, what: Mode): u32 {
  mode = what;
  nextLine = 0;
  endLine = count;
  busyLanes = 4;
  for (let lane: usize = 0; lane < 4; lane++) beginNext(lane);
  while (busyLanes != 0) {
    compress(blockOf(0), blockOf(1), blockOf(2), blockOf(3));
    step(0);
    step(1);
    step(2);
    step(3);
  }
  return endLine;
}

function keyState(key: usize, pad: u64, to: usize): void {
  for (let i: usize = 0; i < 64; i += 8) store<u64>(padded + i, load<u64>(key + i) ^ pad);
  clearState(0);
  compress(padded, idle, idle, idle);
  copyState(0, to);
}

/** RFC 2104. `key` are 64 bytes: the key, then zeros; a longer one has been hashed before. */
export function expandKey(key: usize): void {
  keyState(key, 0x3636363636363636, innerKey);
  keyState(key, 0x5c5c5c5c5c5c5c5c, outerKey);
}
