/**
 * RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2.2) for keys the runtime cannot hold: it refuses more than
 * 4,096 bits. Only public numbers are computed with, so the time it takes tells nothing.
 *
 * @module
 */
import { decodeHex, encodeHex } from "@std/encoding/hex";
import type { RsaNumbers } from "./decode_ssh_key.ts";
import { parseBigEndian } from "./parse_big_endian.ts";
import type { SshsigHash } from "./sshsig_blob.ts";

/** DigestInfo before the digest, DER (RFC 8017 section 9.2, note 1). */
const digestHeads: Readonly<Record<SshsigHash, string>> = {
  sha256: "3031300d060960864801650304020105000420",
  sha512: "3051300d060960864801650304020305000440",
};

/**
 * Whether the signature is one of the digest. Total.
 *
 * SECURITY: the whole padded form is made and compared. Taking apart what the signature holds is how
 * forgeries under small exponents came through (CVE-2006-4339).
 */
export function verifyRsa(
  { modulus, exponent }: RsaNumbers,
  { hash, digest, signature }: {
    readonly hash: SshsigHash;
    readonly digest: Uint8Array;
    readonly signature: Uint8Array;
  },
): boolean {
  const info = decodeHex(digestHeads[hash] + encodeHex(digest));
  const paddingBytes = modulus.length - info.length - 3;
  const n = parseBigEndian(modulus);
  const s = parseBigEndian(signature);
  // Eight bytes of padding at least: the same section, step 3.
  if (signature.length !== modulus.length || s >= n || paddingBytes < 8) return false;
  const padding = new Uint8Array(paddingBytes).fill(0xff);
  const wanted = parseBigEndian(Uint8Array.of(0, 1, ...padding, 0, ...info));
  return power(s, parseBigEndian(exponent), n) === wanted;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}
