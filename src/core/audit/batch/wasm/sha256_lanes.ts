/**
 * The block function of SHA-256 (FIPS 180-4 section 6.2.2) on four messages at once: lane l of each
 * vector belongs to message l. Straight code: no branch and no address depends on a message.
 *
 * AssemblyScript, not TypeScript: see SPEC.md beside the folder.
 */

/** Eight vectors: word i of the four states. */
export const states: usize = memory.data(128, 16);

/** Fractional parts of the square roots of the first 8 primes (section 5.3.3). */
const initialState: usize = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

/** Fractional parts of the cube roots of the first 64 primes (section 4.2.2). */
const roundConstants: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);

/** Copies eight words into a lane's state. */
export function setState(lane: usize, words: usize): void {
  for (let i: usize = 0; i < 8; i++) {
    store<u32>(states + 16 * i + 4 * lane, load<u32>(words + 4 * i));
  }
}

/** Copies a lane's state out, eight words. */
export function copyState(lane: usize, words: usize): void {
  for (let i: usize = 0; i < 8; i++) {
    store<u32>(words + 4 * i, load<u32>(states + 16 * i + 4 * lane));
  }
}

/** Starts a plain hash in a lane. */
export function clearState(lane: usize): void {
  setState(lane, initialState);
}

/** Writes a lane's state as the 32 bytes of a digest. */
export function encodeState(lane: usize, to: usize): void {
  for (let i: usize = 0; i < 8; i++) {
    store<u32>(to + 4 * i, bswap<u32>(load<u32>(states + 16 * i + 4 * lane)));
  }
}

@inline
function rotr(x: v128, n: i32): v128 {
  return v128.or(i32x4.shr_u(x, n), i32x4.shl(x, 32 - n));
}

@inline
function bigSigma0(x: v128): v128 {
  return v128.xor(v128.xor(rotr(x, 2), rotr(x, 13)), rotr(x, 22));
}

@inline
function bigSigma1(x: v128): v128 {
  return v128.xor(v128.xor(rotr(x, 6), rotr(x, 11)), rotr(x, 25));
}

/** w[i + 16] of the message schedule, from w[i], w[i + 1], w[i + 9], w[i + 14]. */
@inline
function expand(w0: v128, w1: v128, w9: v128, w14: v128): v128 {
  const s0 = v128.xor(v128.xor(rotr(w1, 7), rotr(w1, 18)), i32x4.shr_u(w1, 3));
  const s1 = v128.xor(v128.xor(rotr(w14, 17), rotr(w14, 19)), i32x4.shr_u(w14, 10));
  return i32x4.add(i32x4.add(w0, s0), i32x4.add(w9, s1));
}

/** T1 of a round; `at` is where the round's constant lies. */
@inline
function t1(e: v128, f: v128, g: v128, h: v128, w: v128, at: usize): v128 {
  const ch = v128.xor(g, v128.and(e, v128.xor(f, g)));
  const kw = i32x4.add(w, v128.load32_splat(at));
  return i32x4.add(i32x4.add(h, kw), i32x4.add(bigSigma1(e), ch));
}

/** T1 + T2 of a round: the new a. `x` is a ^ b, `y` is b ^ c: maj without its third operation. */
@inline
function t12(t: v128, a: v128, b: v128, x: v128, y: v128): v128 {
  return i32x4.add(t, i32x4.add(bigSigma0(a), v128.xor(b, v128.and(x, y))));
}

/** Big-endian words. */
@inline
function loadWords(at: usize): v128 {
  return i8x16.swizzle(
    v128.load(at),
    i8x16(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12),
  );
}

@inline
function low32(x: v128, y: v128): v128 {
  return i8x16.shuffle(x, y, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
}

@inline
function high32(x: v128, y: v128): v128 {
  return i8x16.shuffle(x, y, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
}

@inline
function low64(x: v128, y: v128): v128 {
  return i8x16.shuffle(x, y, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}

@inline
function high64(x: v128, y: v128): v128 {
  return i8x16.shuffle(x, y, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
}

@inline
function addState(i: usize, x: v128): void {
  v128.store(states + 16 * i, i32x4.add(v128.load(states + 16 * i), x));
}

/** Absorbs 64 bytes into each lane: from p0 into lane 0, from p1 into lane 1 ... */
export function compress(p0: usize, p1: usize, p2: usize, p3: usize): void {
  let q0 = loadWords(p0), q1 = loadWords(p1), q2 = loadWords(p2), q3 = loadWords(p3);
  let l0 = low32(q0, q1), l1 = low32(q2, q3), h0 = high32(q0, q1), h1 = high32(q2, q3);
  let w0 = low64(l0, l1), w1 = high64(l0, l1), w2 = low64(h0, h1), w3 = high64(h0, h1);

  q0 = loadWords(p0 + 16), q1 = loadWords(p1 + 16), q2 = loadWords(p2 + 16), q3 = loadWords(p3 + 16);
  l0 = low32(q0, q1), l1 = low32(q2, q3), h0 = high32(q0, q1), h1 = high32(q2, q3);
  let w4 = low64(l0, l1), w5 = high64(l0, l1), w6 = low64(h0, h1), w7 = high64(h0, h1);

  q0 = loadWords(p0 + 32), q1 = loadWords(p1 + 32), q2 = loadWords(p2 + 32), q3 = loadWords(p3 + 32);
  l0 = low32(q0, q1), l1 = low32(q2, q3), h0 = high32(q0, q1), h1 = high32(q2, q3);
  let w8 = low64(l0, l1), w9 = high64(l0, l1), w10 = low64(h0, h1), w11 = high64(h0, h1);

  q0 = loadWords(p0 + 48), q1 = loadWords(p1 + 48), q2 = loadWords(p2 + 48), q3 = loadWords(p3 + 48);
  l0 = low32(q0, q1), l1 = low32(q2, q3), h0 = high32(q0, q1), h1 = high32(q2, q3);
  let w12 = low64(l0, l1), w13 = high64(l0, l1), w14 = low64(h0, h1), w15 = high64(h0, h1);

  let a = v128.load(states), b = v128.load(states + 16);
  let c = v128.load(states + 32), d = v128.load(states + 48);
  let e = v128.load(states + 64), f = v128.load(states + 80);
  let g = v128.load(states + 96), h = v128.load(states + 112);

  // Sixteen rounds on the message itself, then three times as many on words of the schedule. After
  // each round the letters have moved on by one, instead of the values.
  let t: v128, x: v128, y = v128.xor(b, c);
  let k: usize = roundConstants;
  t = t1(e, f, g, h, w0, k), d = i32x4.add(d, t), x = v128.xor(a, b), h = t12(t, a, b, x, y);
  t = t1(d, e, f, g, w1, k + 4), c = i32x4.add(c, t), y = v128.xor(h, a), g = t12(t, h, a, y, x);
  t = t1(c, d, e, f, w2, k + 8), b = i32x4.add(b, t), x = v128.xor(g, h), f = t12(t, g, h, x, y);
  t = t1(b, c, d, e, w3, k + 12), a = i32x4.add(a, t), y = v128.xor(f, g), e = t12(t, f, g, y, x);
  t = t1(a, b, c, d, w4, k + 16), h = i32x4.add(h, t), x = v128.xor(e, f), d = t12(t, e, f, x, y);
  t = t1(h, a, b, c, w5, k + 20), g = i32x4.add(g, t), y = v128.xor(d, e), c = t12(t, d, e, y, x);
  t = t1(g, h, a, b, w6, k + 24), f = i32x4.add(f, t), x = v128.xor(c, d), b = t12(t, c, d, x, y);
  t = t1(f, g, h, a, w7, k + 28), e = i32x4.add(e, t), y = v128.xor(b, c), a = t12(t, b, c, y, x);
  t = t1(e, f, g, h, w8, k + 32), d = i32x4.add(d, t), x = v128.xor(a, b), h = t12(t, a, b, x, y);
  t = t1(d, e, f, g, w9, k + 36), c = i32x4.add(c, t), y = v128.xor(h, a), g = t12(t, h, a, y, x);
  t = t1(c, d, e, f, w10, k + 40), b = i32x4.add(b, t), x = v128.xor(g, h), f = t12(t, g, h, x, y);
  t = t1(b, c, d, e, w11, k + 44), a = i32x4.add(a, t), y = v128.xor(f, g), e = t12(t, f, g, y, x);
  t = t1(a, b, c, d, w12, k + 48), h = i32x4.add(h, t), x = v128.xor(e, f), d = t12(t, e, f, x, y);
  t = t1(h, a, b, c, w13, k + 52), g = i32x4.add(g, t), y = v128.xor(d, e), c = t12(t, d, e, y, x);
  t = t1(g, h, a, b, w14, k + 56), f = i32x4.add(f, t), x = v128.xor(c, d), b = t12(t, c, d, x, y);
  t = t1(f, g, h, a, w15, k + 60), e = i32x4.add(e, t), y = v128.xor(b, c), a = t12(t, b, c, y, x);
  for (k += 64; k < roundConstants + 256; k += 64) {
    w0 = expand(w0, w1, w9, w14);
    t = t1(e, f, g, h, w0, k), d = i32x4.add(d, t), x = v128.xor(a, b), h = t12(t, a, b, x, y);
    w1 = expand(w1, w2, w10, w15);
    t = t1(d, e, f, g, w1, k + 4), c = i32x4.add(c, t), y = v128.xor(h, a), g = t12(t, h, a, y, x);
    w2 = expand(w2, w3, w11, w0);
    t = t1(c, d, e, f, w2, k + 8), b = i32x4.add(b, t), x = v128.xor(g, h), f = t12(t, g, h, x, y);
    w3 = expand(w3, w4, w12, w1);
    t = t1(b, c, d, e, w3, k + 12), a = i32x4.add(a, t), y = v128.xor(f, g), e = t12(t, f, g, y, x);
    w4 = expand(w4, w5, w13, w2);
    t = t1(a, b, c, d, w4, k + 16), h = i32x4.add(h, t), x = v128.xor(e, f), d = t12(t, e, f, x, y);
    w5 = expand(w5, w6, w14, w3);
    t = t1(h, a, b, c, w5, k + 20), g = i32x4.add(g, t), y = v128.xor(d, e), c = t12(t, d, e, y, x);
    w6 = expand(w6, w7, w15, w4);
    t = t1(g, h, a, b, w6, k + 24), f = i32x4.add(f, t), x = v128.xor(c, d), b = t12(t, c, d, x, y);
    w7 = expand(w7, w8, w0, w5);
    t = t1(f, g, h, a, w7, k + 28), e = i32x4.add(e, t), y = v128.xor(b, c), a = t12(t, b, c, y, x);
    w8 = expand(w8, w9, w1, w6);
    t = t1(e, f, g, h, w8, k + 32), d = i32x4.add(d, t), x = v128.xor(a, b), h = t12(t, a, b, x, y);
    w9 = expand(w9, w10, w2, w7);
    t = t1(d, e, f, g, w9, k + 36), c = i32x4.add(c, t), y = v128.xor(h, a), g = t12(t, h, a, y, x);
    w10 = expand(w10, w11, w3, w8);
    t = t1(c, d, e, f, w10, k + 40), b = i32x4.add(b, t), x = v128.xor(g, h), f = t12(t, g, h, x, y);
    w11 = expand(w11, w12, w4, w9);
    t = t1(b, c, d, e, w11, k + 44), a = i32x4.add(a, t), y = v128.xor(f, g), e = t12(t, f, g, y, x);
    w12 = expand(w12, w13, w5, w10);
    t = t1(a, b, c, d, w12, k + 48), h = i32x4.add(h, t), x = v128.xor(e, f), d = t12(t, e, f, x, y);
    w13 = expand(w13, w14, w6, w11);
    t = t1(h, a, b, c, w13, k + 52), g = i32x4.add(g, t), y = v128.xor(d, e), c = t12(t, d, e, y, x);
    w14 = expand(w14, w15, w7, w12);
    t = t1(g, h, a, b, w14, k + 56), f = i32x4.add(f, t), x = v128.xor(c, d), b = t12(t, c, d, x, y);
    w15 = expand(w15, w0, w8, w13);
    t = t1(f, g, h, a, w15, k + 60), e = i32x4.add(e, t), y = v128.xor(b, c), a = t12(t, b, c, y, x);
  }
  addState(0, a), addState(1, b), addState(2, c), addState(3, d);
  addState(4, e), addState(5, f), addState(6, g), addState(7, h);
}
