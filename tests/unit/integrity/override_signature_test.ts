import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { verifySsh } from "../../../src/adapter/verify_ssh.ts";
import { EngineError } from "../../../src/core/errors.ts";
import {
  overrideNamespace as namespace,
  parseOverrideSignature,
} from "../../../src/core/integrity/parse_override_signature.ts";
import { parseSshKeyLine } from "../../../src/core/integrity/parse_ssh_key_line.ts";
import { parseSshsig } from "../../../src/core/integrity/sshsig.ts";
import { type SshKeyKind, sshKeyKinds } from "../../../src/core/integrity/ssh_key.ts";
import {
  bytesOf,
  framed,
  mpint,
  newSshSigner,
  overrideNamespace,
  type SignatureParts,
  type SigningOptions,
  type SshSigner,
} from "../../support/ssh_signer.ts";

const message = new TextEncoder().encode("what is approved\n");
const signers = new Map(
  await Promise.all(
    sshKeyKinds.map(async (kind) => [kind, await newSshSigner(kind)] as const),
  ),
);
const skKinds = sshKeyKinds.filter((kind) => kind.startsWith("sk-"));

function signerOfKind(kind: SshKeyKind): SshSigner {
  const signer = signers.get(kind);
  assert(signer !== undefined);
  return signer;
}

async function holds(kind: SshKeyKind, options: SigningOptions, of = message): Promise<boolean> {
  const { key, sign } = signerOfKind(kind);
  return await verifySsh(key, of, await sign(message, options), namespace);
}

/** Neither reads it nor verifies it. */
async function refuses(kind: SshKeyKind, options: SigningOptions, wanted: string): Promise<void> {
  const { key, sign } = signerOfKind(kind);
  const armored = await sign(message, options);
  const error = assertThrows(() => parseOverrideSignature(armored, namespace), EngineError, wanted);
  assertEquals(error.code, "override_rejected");
  assertEquals(await verifySsh(key, message, armored, namespace), false);
}

const signature = (signature: Uint8Array) => ({
  edit: (parts: SignatureParts) => ({ ...parts, signature }),
});

describe("parseOverrideSignature(), verifySsh()", () => {
  for (const kind of sshKeyKinds) {
    it(`hold for ${kind} under either hash, and for nothing else`, async () => {
      const { key, line, sign } = signerOfKind(kind);
      for (const hash of ["sha256", "sha512"]) {
        const armored = await sign(message, { hash });
        assert(await verifySsh(parseSshKeyLine(line), message, armored, namespace));
        assertEquals(await verifySsh(key, message.subarray(1), armored, namespace), false);
        assertEquals(await verifySsh(key, new Uint8Array(), armored, namespace), false);
        assertEquals(await verifySsh(key, message, armored, "file"), false);
        const parsed = parseOverrideSignature(armored, namespace);
        assertEquals([parsed.key, parsed.hash], [key, hash]);
        assertEquals(parsed.hasPresence, kind.startsWith("sk-"));
      }
    });

    it(`refuse ${kind} for another namespace, version, hash, magic, or with reserved bytes`, async () => {
      const rows: readonly (readonly [SigningOptions, string])[] = [
        [{ namespace: "file" }, "made for"],
        [{ namespace: "sealward-policy" }, "made for"],
        [{ namespace: "" }, "made for"],
        [{ namespace: `${namespace} ` }, "made for"],
        [{ namespace: `${namespace}\0` }, "printable"],
        [{ version: 0 }, "version"],
        [{ version: 2 }, "version"],
        [{ hash: "sha1" }, "its hash"],
        [{ hash: "sha384" }, "its hash"],
        [{ hash: "SHA512" }, "its hash"],
        [{ hash: "" }, "its hash"],
        [{ magic: "SSHSIh" }, "no SSHSIG"],
        [{ reserved: "x" }, "reserved"],
        [{ after: Uint8Array.of(0) }, "left over"],
      ];
      for (const [options, wanted] of rows) await refuses(kind, options, wanted);
    });

    it(`refuse ${kind} under the name of every other algorithm`, async () => {
      const others = ["none", "", "ssh-dss", "rsa-sha2-384", "ecdsa-sha2-nistp384"];
      others.push("ssh-rsa", "webauthn-sk-ecdsa-sha2-nistp256@openssh.com", ...sshKeyKinds);
      const own: readonly string[] = kind === "ssh-rsa" ? [] : [kind];
      for (const algorithm of others.filter((name) => !own.includes(name))) {
        await refuses(kind, { algorithm }, "is of type");
      }
      const swapped = {
        edit: (parts: SignatureParts) => ({ ...parts, algorithm: "rsa-sha2-256" }),
      };
      if (kind === "ssh-rsa") assertEquals(await holds(kind, swapped), false);
      else await refuses(kind, swapped, "is of type");
    });

    it(`refuse ${kind} signed by another key, of this kind or any other`, async () => {
      const { key, sign } = signerOfKind(kind);
      const another = await newSshSigner(kind);
      const armored = await sign(message);
      assert(await verifySsh(key, message, armored, namespace));
      assertEquals(await verifySsh(another.key, message, armored, namespace), false);
      // Names the trusted key, and is signed by another one.
      const posing = await another.sign(message, { keyBlob: key.blob });
      assertEquals(await verifySsh(key, message, posing, namespace), false);
      for (const other of sshKeyKinds.filter((name) => name !== kind)) {
        const { key: otherKey } = signerOfKind(other);
        const crossed = await sign(message, { keyBlob: otherKey.blob });
        assertEquals(await verifySsh(otherKey, message, crossed, namespace), false, other);
        assertEquals(await verifySsh(key, message, crossed, namespace), false, other);
        assertEquals(await verifySsh({ ...key, kind: other }, message, armored, namespace), false);
      }
    });

    it(`refuse an empty, cut, longer or zero signature of ${kind}`, async () => {
      await refuses(kind, signature(new Uint8Array()), "");
      let made = new Uint8Array();
      const edit = (parts: SignatureParts) => {
        made = new Uint8Array(parts.signature);
        return parts;
      };
      await signerOfKind(kind).sign(message, { edit });
      await refuses(kind, signature(made.slice(0, -1)), "");
      await refuses(kind, signature(bytesOf(made, Uint8Array.of(0))), "");
      await refuses(kind, signature(bytesOf(Uint8Array.of(0), made)), "");
      const zeros = await signerOfKind(kind).sign(message, signature(new Uint8Array(made.length)));
      assertEquals(await verifySsh(signerOfKind(kind).key, message, zeros, namespace), false);
      const more = (parts: SignatureParts) => ({ ...parts, rest: bytesOf(parts.rest, "x") });
      await refuses(kind, { edit: more }, "left over");
    });

    it(`MAN-06 leave ${kind} no way into a policy, but Ed25519`, async () => {
      const armored = await signerOfKind(kind).sign(message, { namespace: "sealward-policy" });
      if (kind === "ssh-ed25519") return void parseSshsig(armored, "sealward-policy");
      const error = assertThrows(() => parseSshsig(armored, "sealward-policy"), EngineError);
      assertEquals(error.code, "signature_invalid");
    });
  }

  it("agree with the tests on the namespace", () => {
    assertEquals(namespace, overrideNamespace);
  });

  it("verifySsh() is false for rubbish, whatever the key", async () => {
    const armored = await signerOfKind("ssh-ed25519").sign(message);
    const { key } = signerOfKind("ssh-ed25519");
    const none = new Uint8Array();
    assertEquals(await verifySsh(key, message, none, namespace), false);
    assertEquals(await verifySsh(key, message, new Uint8Array(100_000), namespace), false);
    assertEquals(await verifySsh({ ...key, blob: none }, message, armored, namespace), false);
    // What types forbid may still come: nothing of it may be true, nor thrown.
    for (const wrong of [null, undefined, 1, "x", {}, [], { kind: key.kind }]) {
      const strange = wrong as never;
      assertEquals(await verifySsh(strange, message, armored, namespace), false);
      assertEquals(await verifySsh(key, strange, armored, namespace), false);
      assertEquals(await verifySsh(key, message, strange, namespace), false);
      assertEquals(await verifySsh(key, message, armored, strange), false);
    }
  });
});

describe("signatures of security keys", () => {
  for (const kind of skKinds) {
    it(`of ${kind} count with touch only`, async () => {
      for (const flags of [0x01, 0x05, 0x81, 0xff]) {
        assert(await holds(kind, { flags }), String(flags));
        const parsed = parseOverrideSignature(
          await signerOfKind(kind).sign(message, { flags, counter: 0xffffffff }),
          namespace,
        );
        assertEquals(parsed.authenticator, { flags, counter: 0xffffffff });
        assertEquals(parsed.hasPresence, true);
        assertEquals(parsed.hasVerification, (flags & 4) !== 0);
      }
      for (const flags of [0x00, 0x04, 0x80, 0xfe]) await refuses(kind, { flags }, "touched");
    });

    it(`of ${kind} do not hold with flags or counter other than were signed`, async () => {
      const rest = (rest: Uint8Array) => ({
        edit: (parts: SignatureParts) => ({ ...parts, rest }),
      });
      const made = Uint8Array.of(1, 0, 0, 0, 7);
      assert(await holds(kind, rest(made)));
      assertEquals(await holds(kind, rest(made.with(0, 5))), false);
      for (let at = 1; at < 5; at++) assertEquals(await holds(kind, rest(made.with(at, 9))), false);
      // Signed without touch, and the flag set afterwards.
      assertEquals(await holds(kind, { flags: 0, ...rest(made) }), false);
      await refuses(kind, rest(made.slice(0, 4)), "too early");
      await refuses(kind, rest(new Uint8Array()), "too early");
    });

    it(`of ${kind} do not hold for another application`, async () => {
      assertEquals(await holds(kind, { application: "ssh:other" }), false);
      assertEquals(await holds(kind, { application: "https://example.com" }), false);
      const { key, sign } = signerOfKind(kind);
      const swapped = bytesOf(key.blob.slice(0, -framed("ssh:test").length), framed("ssh:tesu"));
      const armored = await sign(message, { keyBlob: swapped });
      const posing = { ...key, blob: swapped };
      assertEquals(await verifySsh(posing, message, armored, namespace), false);
    });

    it(`of ${kind} are no signatures of a plain key, nor the other way`, async () => {
      const plain = kind.includes("ed25519") ? "ssh-ed25519" : "ecdsa-sha2-nistp256";
      const { key, sign } = signerOfKind(kind);
      // The same point or bytes as a plain key: what was signed is another thing.
      const material = key.blob.slice(framed(kind).length, -framed("ssh:test").length);
      const bare = { kind: plain, blob: bytesOf(framed(plain), material), comment: "" } as const;
      const edit = ({ signature }: SignatureParts) => ({
        algorithm: plain,
        signature,
        rest: new Uint8Array(),
      });
      const armored = await sign(message, { keyBlob: bare.blob, edit });
      parseOverrideSignature(armored, namespace);
      assertEquals(await verifySsh(bare, message, armored, namespace), false);
    });
  }
});

describe("signatures of ECDSA P-256", () => {
  const order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
  const one = mpint(Uint8Array.of(1));
  for (const kind of sshKeyKinds.filter((kind) => kind.includes("ecdsa"))) {
    it(`of ${kind} have r and s from 1 to the order less 1, in their one spelling`, async () => {
      const n = mpint(hex(order));
      const zero = mpint(new Uint8Array());
      const long = mpint(new Uint8Array(33).fill(1));
      const rows: readonly (readonly [Uint8Array, string])[] = [
        [bytesOf(zero, one), "zero"],
        [bytesOf(one, zero), "zero"],
        [bytesOf(zero, zero), "zero"],
        [bytesOf(n, one), "order"],
        [bytesOf(one, n), "order"],
        [bytesOf(n, n), "order"],
        [bytesOf(long, one), "order"],
        [bytesOf(framed(Uint8Array.of(0)), one), "needless"],
        [bytesOf(framed(Uint8Array.of(0, 1)), one), "needless"],
        [bytesOf(one, framed(Uint8Array.of(0, 0, 0x80))), "needless"],
        [bytesOf(framed(Uint8Array.of(0x80)), one), "negative"],
        [bytesOf(one, framed(Uint8Array.of(0xff))), "negative"],
        [one, "too early"],
        [bytesOf(one, one, one), "left over"],
        [new Uint8Array(64).fill(1), "too early"],
      ];
      for (const [bytes, wanted] of rows) await refuses(kind, signature(bytes), wanted);
      // The largest numbers are read, and verify nothing.
      const largest = mpint(hex(order.replace(/1$/, "0")));
      assertEquals(await holds(kind, signature(bytesOf(largest, largest))), false);
    });
  }
});

describe("signatures of RSA", () => {
  it("hold with SHA-256 and SHA-512, and with the exponent 3", async () => {
    const small = await newSshSigner("ssh-rsa", { publicExponent: [3] });
    for (const { key, sign } of [signerOfKind("ssh-rsa"), small]) {
      for (const algorithm of ["rsa-sha2-256", "rsa-sha2-512"]) {
        for (const hash of ["sha256", "sha512"]) {
          const armored = await sign(message, { algorithm, hash });
          assert(await verifySsh(key, message, armored, namespace), `${algorithm} ${hash}`);
          assertEquals(parseOverrideSignature(armored, namespace).algorithm, algorithm);
        }
      }
    }
  });

  it("never hold with SHA-1, whatever they say they are", async () => {
    await refuses("ssh-rsa", { algorithm: "ssh-rsa" }, "is of type");
    for (const algorithm of ["rsa-sha2-256", "rsa-sha2-512"]) {
      const edit = (parts: SignatureParts) => ({ ...parts, algorithm });
      assertEquals(await holds("ssh-rsa", { algorithm: "ssh-rsa", edit }), false);
    }
  });

  it("never hold under 1024 bits", async () => {
    const weak = await newSshSigner("ssh-rsa", { modulusBits: 1_024 });
    const armored = await weak.sign(message);
    assertThrows(() => parseOverrideSignature(armored, namespace), EngineError, "1024 bits");
    assertEquals(await verifySsh(weak.key, message, armored, namespace), false);
  });

  it("do not hold with the modulus added, nor from it on", async () => {
    const { blob } = signerOfKind("ssh-rsa").key;
    const modulus = blob.slice(-256);
    await refuses("ssh-rsa", signature(modulus), "below");
    await refuses("ssh-rsa", signature(new Uint8Array(256).fill(0xff)), "below");
    await refuses("ssh-rsa", signature(bytesOf(Uint8Array.of(0), modulus)), "257 bytes");
  });
});

function hex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
