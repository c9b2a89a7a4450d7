// deno-lint-ignore-file no-non-null-assertion -- indexes are in bounds by construction
/**
 * SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104), synchronous and without the runtime.
 *
 * Own code because the alternatives cost more than the product may: the runtime's Node module takes
 * longer to load than a whole decision, and WebCrypto cannot be called inside a transaction. Held
 * against the vectors of FIPS 180, RFC 4231 and RFC 5869, and against the runtime's own on random
 * input. No table look-up or branch depends on secret bytes.
 *
 * @module
 */

// Fractional parts of the cube roots of the first 64 primes (FIPS 180-4 section 4.2.2).
// deno-fmt-ignore
const roundConstants = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);
// Fractional parts of the square roots of the first 8 primes (section 5.3.3).
// deno-fmt-ignore
const initialState = new Int32Array([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

const blockBytes = 64;

/** SHA-256 of `data`: 32 bytes. */
export function sha256(data: Uint8Array): Uint8Array {
  const state = initialState.slice();
  absorb(state, data, 0);
  return encodeState(state);
}

/** HMAC-SHA-256 of `data` under `key`: 32 bytes. */
export function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
  const keyed = keyedStates(key);
  const inner = keyed.inner.slice();
  absorb(inner, data, blockBytes);
  const outer = keyed.outer.slice();
  absorb(outer, encodeState(inner), blockBytes);
  return encodeState(outer);
}

interface KeyedStates {
  readonly inner: Int32Array;
  readonly outer: Int32Array;
}

/** States after the padded key, which a log's key needs anew for each of its lines. */
const keyedStatesOf = new WeakMap<Uint8Array, KeyedStates>();

// INVARIANT: key bytes never change: every key here is derived or read once.
function keyedStates(key: Uint8Array): KeyedStates {
  const known = keyedStatesOf.get(key);
  if (known !== undefined) return known;
  const short = key.length > blockBytes ? sha256(key) : key;
  const states = { inner: keyedState(short, 0x36), outer: keyedState(short, 0x5c) };
  keyedStatesOf.set(key, states);
  return states;
}

function keyedState(key: Uint8Array, pad: number): Int32Array {
  const block = new Uint8Array(blockBytes).fill(pad);
  for (let i = 0; i < key.length; i++) block[i]! ^= key[i]!;
  const state = initialState.slice();
  compress(state, block, 0);
  return state;
}

/** Absorbs the rest of a message of which `before` bytes (whole blocks) are in the state. */
function absorb(state: Int32Array, data: Uint8Array, before: number): void {
  const whole = data.length - data.length % blockBytes;
  for (let offset = 0; offset < whole; offset += blockBytes) compress(state, data, offset);
  const rest = data.length - whole;
  const last = new Uint8Array(rest < blockBytes - 8 ? blockBytes : 2 * blockBytes);
  last.set(data.subarray(whole));
  last[rest] = 0x80;
  const bits = (before + data.length) * 8;
  const view = new DataView(last.buffer);
  view.setUint32(last.length - 8, Math.floor(bits / 2 ** 32));
  view.setUint32(last.length - 4, bits >>> 0);
  for (let offset = 0; offset < last.length; offset += blockBytes) compress(state, last, offset);
}

function encodeState(state: Int32Array): Uint8Array {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < 8; i++) view.setInt32(4 * i, state[i] ?? 0);
  return bytes;
}

/** The message schedule; compress is synchronous, so that one is enough. */
const schedule = new Int32Array(64);

/** One block. Needs 64 bytes of `data` from `offset` on. */
function compress(state: Int32Array, data: Uint8Array, offset: number): void {
  for (let i = 0, at = offset; i < 16; i++, at += 4) {
    schedule[i] = (data[at]! << 24) | (data[at + 1]! << 16) | (data[at + 2]! << 8) | data[at + 3]!;
  }
  expandSchedule(schedule);
  compressSchedule(state, schedule);
}

/** The state before the first block, FIPS 180-4 section 5.3.3: 8 words. */
export function resetState(state: Int32Array): void {
  state.set(initialState);
}

/**
 * Fills words 16 to 63 of a message schedule whose first 16 are the block, FIPS 180-4 section 6.2.2.
 * Exported with compressSchedule for callers who hash many messages of one form and allocate nothing.
 */
export function expandSchedule(w: Int32Array): void {
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15]!;
    const y = w[i - 2]!;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0;
  }
}

/** One block as its expanded schedule of 64 words, FIPS 180-4 section 6.2.2. */
export function compressSchedule(state: Int32Array, w: Int32Array): void {
  let a = state[0]!, b = state[1]!, c = state[2]!, d = state[3]!;
  let e = state[4]!, f = state[5]!, g = state[6]!, h = state[7]!;
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + (g ^ (e & (f ^ g))) + roundConstants[i]! + w[i]!) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (c & (a ^ b)))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
  state[4]! += e;
  state[5]! += f;
  state[6]! += g;
  state[7]! += h;
}
