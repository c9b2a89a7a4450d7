/**
 * Three loops that show what metering costs, compiled from AssemblyScript: straight arithmetic
 * (SHA-256), a branch for every byte (scanning JSON), and nothing but calls (Fibonacci).
 */
import asc from "assemblyscript/asc";

const source = `
const k: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2]);
const w: usize = memory.data(256, 16);
const state: usize = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19]);

function compress(at: usize): void {
  for (let i: usize = 0; i < 16; i++) store<u32>(w + i * 4, bswap(load<u32>(at + i * 4)));
  for (let i: usize = 16; i < 64; i++) {
    const x = load<u32>(w + (i - 15) * 4);
    const y = load<u32>(w + (i - 2) * 4);
    const s0 = rotr(x, 7) ^ rotr(x, 18) ^ (x >>> 3);
    const s1 = rotr(y, 17) ^ rotr(y, 19) ^ (y >>> 10);
    store<u32>(w + i * 4, load<u32>(w + (i - 16) * 4) + s0 + load<u32>(w + (i - 7) * 4) + s1);
  }
  let a = load<u32>(state), b = load<u32>(state, 4), c = load<u32>(state, 8);
  let d = load<u32>(state, 12), e = load<u32>(state, 16), f = load<u32>(state, 20);
  let g = load<u32>(state, 24), h = load<u32>(state, 28);
  for (let i: usize = 0; i < 64; i++) {
    const s1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25);
    const t1 = h + s1 + ((e & f) ^ (~e & g)) + load<u32>(k + i * 4) + load<u32>(w + i * 4);
    const s0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22);
    const t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g; g = f; f = e; e = d + t1; d = c; c = b; b = a; a = t1 + t2;
  }
  store<u32>(state, load<u32>(state) + a);
  store<u32>(state, load<u32>(state, 4) + b, 4);
  store<u32>(state, load<u32>(state, 8) + c, 8);
  store<u32>(state, load<u32>(state, 12) + d, 12);
  store<u32>(state, load<u32>(state, 16) + e, 16);
  store<u32>(state, load<u32>(state, 20) + f, 20);
  store<u32>(state, load<u32>(state, 24) + g, 24);
  store<u32>(state, load<u32>(state, 28) + h, 28);
}

export function sha256(at: usize, bytes: usize): u32 {
  for (let i: usize = 0; i + 64 <= bytes; i += 64) compress(at + i);
  return load<u32>(state);
}

export function scan(at: usize, bytes: usize): u32 {
  const end = at + bytes;
  let depth: u32 = 0, most: u32 = 0, strings: u32 = 0, inString = false;
  while (at < end) {
    const c = load<u8>(at++);
    if (inString) {
      if (c == 0x5c) at++;
      else if (c == 0x22) inString = false;
      continue;
    }
    if (c == 0x22) { inString = true; strings++; }
    else if (c == 0x7b || c == 0x5b) { depth++; if (depth > most) most = depth; }
    else if (c == 0x7d || c == 0x5d) depth--;
  }
  return strings * 64 + most;
}

export function count(at: usize, bytes: usize): u32 {
  let lines: u32 = 0;
  for (const end = at + bytes; at < end; at++) if (load<u8>(at) == 10) lines++;
  return lines;
}

export function fibonacci(n: i32): i32 {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}
`;

/** The module: exports `sha256`, `scan`, `count` (address, bytes), `fibonacci` (n), `memory`. */
export async function compileKernels(): Promise<Uint8Array<ArrayBuffer>> {
  const written = new Map<string, Uint8Array | string>();
  const options = ["kernels.ts", "--outFile", "kernels.wasm", "--optimizeLevel", "3"];
  options.push("--converge", "--noAssert", "--runtime", "stub", "--use", "abort=");
  options.push("--initialMemory", "64");
  const { error, stderr } = await asc.main(options, {
    readFile: (name) => name === "kernels.ts" ? source : null,
    writeFile: (name, contents) => void written.set(name, contents),
    listFiles: () => [],
  });
  const bytes = written.get("kernels.wasm");
  if (error !== null || !(bytes instanceof Uint8Array)) {
    throw new Error(`Cannot compile the kernels: ${error?.message}\n${stderr.toString()}`);
  }
  return Uint8Array.from(bytes);
}
