/**
 * An RSA key of eight times the bits of an ordinary one, quickly: its modulus is the eighth power of
 * an ordinary modulus. No key for anybody, but what verifies cannot tell: m^(e d) is m for every m
 * that shares no factor with it.
 */
import {
  bytesOf,
  decodeUrl,
  framed,
  mpint,
  type RawSign,
  signerOf,
  type SshSigner,
} from "./ssh_signer.ts";

const times = 8n;
const heads: Readonly<Record<string, readonly [string, string]>> = {
  "rsa-sha2-256": ["SHA-256", "3031300d060960864801650304020105000420"],
  "rsa-sha2-512": ["SHA-512", "3051300d060960864801650304020305000440"],
};

/** The signer, of about 16,380 bits. */
export async function newLongRsaSigner(): Promise<SshSigner> {
  const { publicKey: _, privateKey } = await crypto.subtle.generateKey(
    {
      name: "RSASSA-PKCS1-v1_5",
      hash: "SHA-256",
      modulusLength: 2_048,
      publicExponent: Uint8Array.of(1, 0, 1),
    },
    true,
    ["sign", "verify"],
  );
  const { p = "", q = "" } = await crypto.subtle.exportKey("jwk", privateKey);
  const primes = [p, q].map((text) => numberOf(decodeUrl(text)));
  const powers = primes.map((prime) => prime ** times);
  const modulus = powers.reduce((product, power) => product * power, 1n);
  const bytes = bytesOfNumber(modulus);
  const raw: RawSign = async (data, algorithm) => {
    const message = numberOf(await padded(data, algorithm, bytes.length));
    const roots = primes.map((prime, i) => rootOf(message, prime, powers[i] ?? 1n));
    return bytesOfNumber(joinRoots(roots, powers), bytes.length);
  };
  const blob = bytesOf(framed("ssh-rsa"), mpint(Uint8Array.of(1, 0, 1)), mpint(bytes));
  return signerOf({ kind: "ssh-rsa", blob, raw });
}

/** EMSA-PKCS1-v1_5 (RFC 8017 section 9.2). */
async function padded(
  data: Uint8Array<ArrayBuffer>,
  algorithm: string,
  length: number,
): Promise<Uint8Array> {
  const [hash, head] = heads[algorithm] ?? ["SHA-512", ""];
  const digest = new Uint8Array(await crypto.subtle.digest(hash, data));
  const info = bytesOf(bytesOfNumber(BigInt(`0x${head}`)), digest);
  const filling = new Uint8Array(length - info.length - 3).fill(0xff);
  return bytesOf(Uint8Array.of(0, 1), filling, Uint8Array.of(0), info);
}

function rootOf(message: bigint, prime: bigint, power: bigint): bigint {
  const order = prime ** (times - 1n) * (prime - 1n);
  return powerOf(message % power, inverseOf(65_537n, order), power);
}

function joinRoots(
  [a = 0n, b = 0n]: readonly bigint[],
  [m = 1n, n = 1n]: readonly bigint[],
): bigint {
  const step = (((b - a) % n + n) * inverseOf(m % n, n)) % n;
  return a + m * step;
}

function powerOf(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === "1") result = (result * base) % modulus;
  }
  return result;
}

function inverseOf(value: bigint, modulus: bigint): bigint {
  let [a, b] = [value, modulus];
  let [x, y] = [1n, 0n];
  while (b > 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return (x % modulus + modulus) % modulus;
}

function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
}

function bytesOfNumber(value: bigint, length = 0): Uint8Array {
  const digits = value.toString(16);
  const even = digits.padStart(Math.max(2 * length, digits.length + digits.length % 2), "0");
  return Uint8Array.from(even.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
