/**
 * Matches one name against many wild name patterns at once, in linear time whatever the patterns.
 *
 * @module
 */
import type { CharacterClass, Token } from "./glob.ts";

/** Indexes of the patterns that match the whole name, which is folded and has no slash. */
export type NameMatcher = (name: string) => readonly number[];

const wordBits = 32;
/** Masks kept by one matcher: all of ASCII and as many others; bounds its memory. */
const maxMasks = 256;

/**
 * Compiles patterns into one bit-parallel automaton (Baeza-Yates and Gonnet, 1992). Each pattern
 * has one bit more than it has characters; bit i is set while i characters may have been read, and
 * a star is a bit that stays set.
 *
 * SECURITY: no backtracking, so no pattern hangs: time is name length times all tokens / 32.
 */
export function compileNameMatcher(patterns: readonly (readonly Token[])[]): NameMatcher {
  const { steps, starts, ends, loops, words } = layOut(patterns);
  const maskOf = compileMasks(steps, words);
  const state = new Int32Array(words);
  return (name) => {
    state.set(starts);
    for (let i = 0; i < name.length;) {
      const codePoint = name.codePointAt(i) ?? 0;
      i += codePoint > 0xffff ? 2 : 1;
      if (!advance(state, maskOf(codePoint), loops)) return none;
    }
    return ends.flatMap((bit, index) => hasBit(state, bit) ? [index] : []);
  };
}

const none: readonly number[] = [];

/** The bits of all patterns in a row; `steps` is sparse, an end has no step. */
interface Layout {
  readonly steps: ReadonlyMap<number, Token>;
  readonly starts: Int32Array;
  readonly loops: Int32Array;
  readonly ends: readonly number[];
  readonly words: number;
}

function layOut(patterns: readonly (readonly Token[])[]): Layout {
  const steps = new Map<number, Token>();
  const bits = patterns.reduce((sum, tokens) => sum + tokens.length + 1, 0);
  const words = Math.ceil(bits / wordBits);
  const starts = new Int32Array(words);
  const loops = new Int32Array(words);
  const ends: number[] = [];
  let bit = 0;
  for (const tokens of patterns) {
    setBit(starts, bit);
    for (const token of tokens) {
      if (token === "star") setBit(loops, bit);
      else steps.set(bit++, token);
    }
    ends.push(bit++);
  }
  return { steps, starts, loops, ends, words };
}

/** One character: matched bits move up, looping bits also stay; false when no bit is left. */
function advance(state: Int32Array, mask: Int32Array, loops: Int32Array): boolean {
  let carry = 0;
  let any = 0;
  for (let w = 0; w < state.length; w++) {
    const before = state[w] ?? 0;
    const matched = before & (mask[w] ?? 0);
    const after = (matched << 1) | carry | (before & (loops[w] ?? 0));
    carry = matched >>> (wordBits - 1);
    state[w] = after;
    any |= after;
  }
  return any !== 0;
}

/** For a code point, the bits whose step it satisfies. */
function compileMasks(
  steps: ReadonlyMap<number, Token>,
  words: number,
): (codePoint: number) => Int32Array {
  const anyMask = new Int32Array(words);
  const literals = new Map<number, number[]>();
  const classes: (readonly [bit: number, characterClass: CharacterClass])[] = [];
  for (const [bit, token] of steps) {
    if (typeof token === "number") literals.set(token, [...literals.get(token) ?? [], bit]);
    else if (typeof token === "string") setBit(anyMask, bit);
    else classes.push([bit, token]);
  }
  const makeMask = (codePoint: number): Int32Array => {
    const mask = anyMask.slice();
    for (const bit of literals.get(codePoint) ?? []) setBit(mask, bit);
    const upper = upperCase(codePoint);
    for (const [bit, { ranges, isNegated }] of classes) {
      // Names are folded, classes are not: a member counts in either case.
      const isInside = isInRanges(codePoint, ranges) || isInRanges(upper, ranges);
      if (isInside !== isNegated) setBit(mask, bit);
    }
    return mask;
  };
  return keepMasks(makeMask);
}

function keepMasks(makeMask: (codePoint: number) => Int32Array): typeof makeMask {
  const kept = new Map<number, Int32Array>();
  return (codePoint) => {
    const known = kept.get(codePoint);
    if (known !== undefined) return known;
    if (kept.size === maxMasks) kept.clear();
    const mask = makeMask(codePoint);
    kept.set(codePoint, mask);
    return mask;
  };
}

function isInRanges(codePoint: number, ranges: CharacterClass["ranges"]): boolean {
  for (const [from, to] of ranges) if (from <= codePoint && codePoint <= to) return true;
  return false;
}

/** The capital where that is one character, else the code point itself. */
function upperCase(codePoint: number): number {
  const [first, ...rest] = String.fromCodePoint(codePoint).toUpperCase();
  return rest.length > 0 ? codePoint : first?.codePointAt(0) ?? codePoint;
}

function setBit(words: Int32Array, bit: number): void {
  const w = Math.floor(bit / wordBits);
  words[w] = (words[w] ?? 0) | (1 << (bit % wordBits));
}

function hasBit(words: Int32Array, bit: number): boolean {
  return ((words[Math.floor(bit / wordBits)] ?? 0) & (1 << (bit % wordBits))) !== 0;
}
