/**
 * MD5 (RFC 1321) and SHA-1 (RFC 3174), for policies that compare what others wrote. Both are broken:
 * nothing of the engine's own rests on them.
 *
 * @module
 */
const blockBytes = 64;

/** Its own padding: a 1 bit, zeros, and the length in bits as 8 bytes. */
function pad(data: Uint8Array, isLittleEndian: boolean): DataView {
  const blocks = Math.ceil((data.length + 9) / blockBytes);
  const padded = new Uint8Array(blocks * blockBytes);
  padded.set(data);
  padded[data.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(data.length) * 8n, isLittleEndian);
  return view;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function toBytes(words: readonly number[], isLittleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [at, word] of words.entries()) view.setUint32(4 * at, word >>> 0, isLittleEndian);
  return bytes;
}

/** RFC 1321, 3.4: T[i] is the whole part of 2^32 times |sin(i + 1)|. */
const md5Terms = Int32Array.from({ length: 64 }, (_, at) => 2 ** 32 * Math.abs(Math.sin(at + 1)));
const md5Shifts = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]] as const;

export function md5(data: Uint8Array): Uint8Array {
  const view = pad(data, true);
  let state: Words = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let block = 0; block < view.byteLength; block += blockBytes) {
    state = md5Block(state, view, block);
  }
  return toBytes(state, true);
}

type Words = readonly [number, number, number, number];

function md5Block(state: Words, view: DataView, block: number): Words {
  let [a, b, c, d] = state;
  for (let step = 0; step < 64; step++) {
    const round = step >> 4;
    const [mixed, word] = md5Mix(round, step, [b, c, d]);
    const sum = a + mixed + (md5Terms[step] ?? 0) + view.getInt32(block + 4 * word, true) | 0;
    const shift = md5Shifts[round]?.[step & 3] ?? 0;
    [a, d, c, b] = [d, c, b, b + rotate(sum, shift) | 0];
  }
  return [state[0] + a | 0, state[1] + b | 0, state[2] + c | 0, state[3] + d | 0];
}

/** What is mixed in, and the word of the block that is added. */
function md5Mix(
  round: number,
  step: number,
  [b, c, d]: readonly [number, number, number],
): readonly [number, number] {
  if (round === 0) return [(b & c) | (~b & d), step];
  if (round === 1) return [(b & d) | (c & ~d), (5 * step + 1) & 15];
  if (round === 2) return [b ^ c ^ d, (3 * step + 5) & 15];
  return [c ^ (b | ~d), (7 * step) & 15];
}

const sha1Terms = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6] as const;

export function sha1(data: Uint8Array): Uint8Array {
  const view = pad(data, false);
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  const words = new Int32Array(80);
  for (let block = 0; block < view.byteLength; block += blockBytes) {
    for (let at = 0; at < 16; at++) words[at] = view.getInt32(block + 4 * at);
    for (let at = 16; at < 80; at++) {
      const mixed = [3, 8, 14, 16].reduce((sum, back) => sum ^ (words[at - back] ?? 0), 0);
      words[at] = rotate(mixed, 1);
    }
    sha1Block(state, words);
  }
  return toBytes(state, false);
}

function sha1Block(state: number[], words: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  for (const [step, word] of words.entries()) {
    const round = Math.floor(step / 20);
    const choice = (b & c) | (~b & d);
    const majority = (b & c) | (b & d) | (c & d);
    const mixed = round === 0 ? choice : round === 2 ? majority : b ^ c ^ d;
    const sum = rotate(a, 5) + mixed + e + word + (sha1Terms[round] ?? 0) | 0;
    [e, d, c, b, a] = [d, c, rotate(b, 30), a, sum];
  }
  for (const [at, word] of [a, b, c, d, e].entries()) state[at] = (state[at] ?? 0) + word | 0;
}

/** RFC 2104 over a hash with blocks of 64 bytes. */
export function keyedDigest(
  hash: (data: Uint8Array) => Uint8Array,
  { key, data }: { readonly key: Uint8Array; readonly data: Uint8Array },
): Uint8Array {
  const block = new Uint8Array(blockBytes);
  block.set(key.length > blockBytes ? hash(key) : key);
  const pass = (mask: number, rest: Uint8Array) => {
    const whole = new Uint8Array(blockBytes + rest.length);
    whole.set(block.map((byte) => byte ^ mask));
    whole.set(rest, blockBytes);
    return hash(whole);
  };
  return pass(0x5c, pass(0x36, data));
}
