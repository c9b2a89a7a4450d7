import { assert, assertEquals, assertThrows } from "@std/assert";
import { encodeBase64 } from "@std/encoding/base64";
import { decodeHex } from "@std/encoding/hex";
import { describe, it } from "@std/testing/bdd";
import { sha512, verifyEd25519 } from "../../../src/adapter/signing_key.ts";
import { EngineError } from "../../../src/core/errors.ts";
import { encodeSsh, encodeSshString } from "../../../src/core/integrity/encode_ssh.ts";
import { sha256 } from "../../../src/core/integrity/sha256.ts";
import { encodeSshPublicKey } from "../../../src/core/integrity/ssh_public_key.ts";
import { encodeSshsig, parseSshsig, verifySshsig } from "../../../src/core/integrity/sshsig.ts";
import { namespace, newPairKey } from "../../support/policy_pair.ts";

const encoder = new TextEncoder();
const message = encoder.encode("hi\n");
const tools = { sha256, sha512, verifyEd25519, namespace };

/** What ssh-keygen 9.2 wrote for "hi\n"; the key is gone. */
const foreign = `-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgaE7JK/HwyJlvf8DE0AJN7jliwW
5Zwqqs6E8WAsnseUMAAAAPc2VhbHdhcmQtcG9saWN5AAAAAAAAAAZzaGE1MTIAAABTAAAA
C3NzaC1lZDI1NTE5AAAAQD2r3bKclvMzIbIfA6/xdzUFRdsGgsgyq5tlP39NBYOrwEBcTr
E5kXrv4TTu8WGFMfcfGCGd9VU4TwgEhKb73wE=
-----END SSH SIGNATURE-----
`;

const key = newPairKey();
const good = key.sign(message);
const parsed = parseSshsig(good, namespace);

function armor(blob: Uint8Array): Uint8Array {
  const lines = encodeBase64(blob).match(/.{1,70}/g) ?? [];
  const all = ["-----BEGIN SSH SIGNATURE-----", ...lines, "-----END SSH SIGNATURE-----", ""];
  return encoder.encode(all.join("\n"));
}

interface Parts {
  readonly magic: Uint8Array;
  readonly version: number;
  readonly keyBlob: Uint8Array;
  readonly namespace: string;
  readonly reserved: string;
  readonly hash: string;
  readonly signature: Uint8Array;
  readonly after: Uint8Array;
}

/** A signature from parts, most of them as they should be. */
function crafted(given: Partial<Parts>): Uint8Array {
  const parts: Parts = {
    magic: encoder.encode("SSHSIG"),
    version: 1,
    keyBlob: encodeSshPublicKey(key.publicKey),
    namespace,
    reserved: "",
    hash: "sha512",
    signature: encodeSsh("ssh-ed25519", encodeSshString(parsed.signature)),
    after: new Uint8Array(),
    ...given,
  };
  return armor(encodeSsh(
    parts.magic,
    parts.version,
    encodeSshString(parts.keyBlob),
    parts.namespace,
    parts.reserved,
    parts.hash,
    encodeSshString(parts.signature),
    parts.after,
  ));
}

function refuses(armored: Uint8Array | string, name: string): void {
  const bytes = typeof armored === "string" ? encoder.encode(armored) : armored;
  const error = assertThrows(() => parseSshsig(bytes, namespace), EngineError, undefined, name);
  assertEquals(error.code, "signature_invalid", name);
}

describe("parseSshsig(), verifySshsig()", () => {
  it("read and verify what ssh-keygen wrote, and write it byte for byte", () => {
    const signature = parseSshsig(encoder.encode(foreign), namespace);
    assert(verifySshsig(signature, message, tools));
    assertEquals(new TextDecoder().decode(encodeSshsig(signature, namespace)), foreign);
    assertEquals(verifySshsig(signature, encoder.encode("hi"), tools), false);
  });

  it("verify our own under either hash, and not under another namespace", () => {
    for (const hash of ["sha256", "sha512"] as const) {
      const signature = parseSshsig(key.sign(message, hash), namespace);
      assert(verifySshsig(signature, message, tools));
      assertEquals(verifySshsig(signature, message, { ...tools, namespace: "file" }), false);
    }
    assertEquals(crafted({}), good);
  });

  it("verify RFC 8032's vectors, and no other signature of them", () => {
    // Section 7.1, TEST 2: key, message, signature.
    const publicKey = decodeHex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    const signature = decodeHex(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    );
    assert(verifyEd25519(publicKey, Uint8Array.of(0x72), signature));
    assertEquals(verifyEd25519(publicKey, Uint8Array.of(0x73), signature), false);
  });

  it("MAN-06 refuse other keys, algorithms, namespaces, hashes, versions", () => {
    const raw = encodeSshString(key.publicKey);
    const type = (name: string) => ({ keyBlob: encodeSsh(name, raw) });
    const sig = (name: string, bytes = parsed.signature) => ({
      signature: encodeSsh(name, encodeSshString(bytes)),
    });
    const rows: readonly (readonly [string, Partial<Parts>])[] = [
      ["RSA key", type("ssh-rsa")],
      ["ECDSA key", type("ecdsa-sha2-nistp256")],
      ["key in hardware", type("sk-ssh-ed25519@openssh.com")],
      ["certificate", type("ssh-ed25519-cert-v01@openssh.com")],
      ["key of 31 bytes", {
        keyBlob: encodeSsh("ssh-ed25519", encodeSshString(new Uint8Array(31))),
      }],
      ["key of 33 bytes", {
        keyBlob: encodeSsh("ssh-ed25519", encodeSshString(new Uint8Array(33))),
      }],
      ["key of zeros", { keyBlob: encodeSshPublicKey(new Uint8Array(32)) }],
      ["bytes behind the key", { keyBlob: encodeSsh(encodeSshPublicKey(key.publicKey), 0) }],
      ["no key", { keyBlob: new Uint8Array() }],
      ["another namespace", { namespace: "file" }],
      ["empty namespace", { namespace: "" }],
      ["namespace with more behind it", { namespace: `${namespace}\0` }],
      ["reserved bytes", { reserved: "x" }],
      ["hash none", { hash: "none" }],
      ["hash sha1", { hash: "sha1" }],
      ["hash md5", { hash: "md5" }],
      ["hash SHA512", { hash: "SHA512" }],
      ["empty hash", { hash: "" }],
      ["signature type none", sig("none")],
      ["signature type of RSA", sig("rsa-sha2-512")],
      ["signature of hardware", sig("sk-ssh-ed25519@openssh.com")],
      ["empty signature", sig("ssh-ed25519", new Uint8Array())],
      ["signature of 63 bytes", sig("ssh-ed25519", new Uint8Array(63))],
      ["signature of 65 bytes", sig("ssh-ed25519", new Uint8Array(65))],
      ["no signature", { signature: new Uint8Array() }],
      ["version 0", { version: 0 }],
      ["version 2", { version: 2 }],
      ["version 2^32 - 1", { version: 0xffffffff }],
      ["another magic", { magic: encoder.encode("SSHSIg") }],
      ["bytes behind it", { after: Uint8Array.of(0) }],
    ];
    for (const [name, given] of rows) refuses(crafted(given), name);
  });

  it("MAN-06 64 zeros are no signature", () => {
    const zeros = { signature: encodeSsh("ssh-ed25519", encodeSshString(new Uint8Array(64))) };
    assertEquals(verifySshsig(parseSshsig(crafted(zeros), namespace), message, tools), false);
  });

  it("MAN-06 refuse any other armor, and every cut", () => {
    const text = new TextDecoder().decode(good);
    const body = text.split("\n").slice(1, -2);
    const rows: readonly string[] = [
      "",
      "\n",
      body.join(""),
      text.replaceAll("\n", "\r\n"),
      ` ${text}`,
      `${text}\n`,
      `${text}${text}`,
      text.trimEnd(),
      text.replace("SSH SIGNATURE", "PGP SIGNATURE"),
      text.replace("=\n-", "\n-"),
      text.replace("\n", "\n\n"),
      text.replace("\n", "\nComment: x\n"),
      `-----BEGIN SSH SIGNATURE-----\n${body.join("")}\n-----END SSH SIGNATURE-----\n`,
      "alg: none",
      "\u0000".repeat(64),
      "x".repeat(1_000_000),
    ];
    for (const row of rows) refuses(row, JSON.stringify(row.slice(0, 60)));
    for (let length = 0; length < good.length; length++) {
      refuses(good.subarray(0, length), `cut at ${length}`);
    }
  });

  it("refuse lengths that lead far outside", () => {
    for (const length of [0xffffffff, 0x7fffffff, 1_000]) {
      refuses(armor(encodeSsh(encoder.encode("SSHSIG"), 1, length)), String(length));
    }
  });
});
