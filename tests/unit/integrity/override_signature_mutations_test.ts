/**
 * Every byte of a signature, its message and its key counts: one other bit anywhere, and it holds no
 * more. RSA is sampled; its bytes are many and alike.
 */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { verifySsh } from "../../../src/adapter/verify_ssh.ts";
import { type SshKey, sshKeyKinds } from "../../../src/core/integrity/ssh_key.ts";
import { newLongRsaSigner } from "../../support/long_rsa_signer.ts";
import { seeded } from "../../support/seeded.ts";
import { newSshSigner, overrideNamespace, type SshSigner } from "../../support/ssh_signer.ts";

const message = new TextEncoder().encode("one line, 29 bytes of message");
/** Bit flips tried where not all are. */
const samples = 150;

/** Positions of bits: all of them, or some. */
function bitsOf(bytes: Uint8Array, isSampled: boolean): readonly number[] {
  const all = Array.from({ length: 8 * bytes.length }, (_, bit) => bit);
  if (!isSampled) return all;
  // A failure names its bit: that is the seed that plays it again.
  const draw = seeded(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0);
  return Array.from({ length: samples }, () => draw(all.length));
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const at = bit >> 3;
  return bytes.with(at, (bytes[at] ?? 0) ^ (1 << (bit & 7)));
}

async function assertAllCounts(signer: SshSigner, isSampled: boolean): Promise<void> {
  const { key, sign } = signer;
  const armored = await sign(message);
  const holds = (given: { key?: SshKey; message?: Uint8Array; armored?: Uint8Array }) =>
    verifySsh(
      given.key ?? key,
      given.message ?? message,
      given.armored ?? armored,
      overrideNamespace,
    );
  assert(await holds({}));
  for (const bit of bitsOf(armored, isSampled)) {
    assertEquals(await holds({ armored: flipped(armored, bit) }), false, `signature, bit ${bit}`);
  }
  for (const bit of bitsOf(message, isSampled)) {
    assertEquals(await holds({ message: flipped(message, bit) }), false, `message, bit ${bit}`);
  }
  for (const bit of bitsOf(key.blob, isSampled)) {
    const blob = flipped(key.blob, bit);
    const other = { ...key, blob };
    assertEquals(await holds({ key: other }), false, `key, bit ${bit}`);
    // The signature names the other key as well: only the algorithm can tell.
    const posing = await signer.sign(message, { keyBlob: blob });
    assertEquals(await holds({ key: other, armored: posing }), false, `both keys, bit ${bit}`);
  }
  assert(await holds({}), "still holds");
}

describe("verifySsh() refuses any other bit", () => {
  for (const kind of sshKeyKinds) {
    const isSampled = kind === "ssh-rsa";
    it(`of a signature, message or key: ${kind}`, async () => {
      await assertAllCounts(await newSshSigner(kind), isSampled);
    });
  }

  it("and any cut, whatever the kind", async () => {
    for (const kind of sshKeyKinds) {
      const { key, sign } = await newSshSigner(kind);
      const armored = await sign(message);
      for (let length = 0; length < armored.length; length++) {
        const cut = armored.subarray(0, length);
        assertEquals(await verifySsh(key, message, cut, overrideNamespace), false, `${length}`);
      }
    }
  });

  it("and of RSA longer than the runtime takes", async () => {
    const { key, sign } = await newLongRsaSigner();
    for (const algorithm of ["rsa-sha2-256", "rsa-sha2-512"]) {
      const armored = await sign(message, { algorithm });
      assert(await verifySsh(key, message, armored, overrideNamespace), algorithm);
      for (const bit of bitsOf(armored, true)) {
        const other = flipped(armored, bit);
        assertEquals(await verifySsh(key, message, other, overrideNamespace), false, `bit ${bit}`);
      }
      for (const bit of bitsOf(message, true).slice(0, 40)) {
        const other = flipped(message, bit);
        assertEquals(await verifySsh(key, other, armored, overrideNamespace), false, `bit ${bit}`);
      }
    }
  });
});
