/**
 * Ed25519 public keys under which anybody can sign.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";

const ff = "ff".repeat(30);

/**
 * The points whose order divides the cofactor 8 (RFC 8032 section 5.1), as y without the sign bit,
 * the spellings not below the prime included.
 */
const smallOrderKeys: ReadonlySet<string> = new Set([
  "00".repeat(32),
  `01${"00".repeat(31)}`,
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  `ec${ff}7f`,
  `ed${ff}7f`,
  `ee${ff}7f`,
]);

/**
 * Whether the key, raw, is such a point.
 *
 * SECURITY: 32 zero bytes are one of them: a key that was never filled in must not verify anything.
 */
export function isSmallOrderKey(publicKey: Uint8Array): boolean {
  const y = publicKey.map((byte, i) => i === 31 ? byte & 0x7f : byte);
  return smallOrderKeys.has(encodeHex(y));
}
