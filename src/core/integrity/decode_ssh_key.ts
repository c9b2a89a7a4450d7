/**
 * Public keys of every kind in SSH's wire form (RFC 4253 section 6.6, RFC 5656, RFC 8709,
 * PROTOCOL.u2f).
 *
 * @module
 */
import { isP256Point } from "./p256.ts";
import { parseBigEndian } from "./parse_big_endian.ts";
import { readMpint } from "./read_mpint.ts";
import { type SshKeyKind, sshKeyKinds } from "./ssh_key.ts";
import { readEd25519Key } from "./ssh_public_key.ts";
import { SshFormError, SshReader } from "./ssh_reader.ts";

const curve = "nistp256";
/** Keys for logins and files have names of this kind; those of web pages are names of hosts. */
const applicationStart = "ssh:";
/** NIST SP 800-131A wants 2048; past 16384 OpenSSH itself refuses. */
const minModulusBits = 2_048;
const maxModulusBits = 16_384;
const maxExponent = 2n ** 32n;

export interface RsaNumbers {
  /** Big-endian, without leading zeros. */
  readonly modulus: Uint8Array;
  readonly exponent: Uint8Array;
}

/** What a key's bytes say. */
export type SshKeyMaterial =
  | { readonly kind: "ssh-ed25519"; readonly publicKey: Uint8Array }
  | { readonly kind: "ecdsa-sha2-nistp256"; readonly point: Uint8Array }
  | { readonly kind: "ssh-rsa" } & RsaNumbers
  | {
    readonly kind: "sk-ssh-ed25519@openssh.com";
    readonly publicKey: Uint8Array;
    readonly application: string;
  }
  | {
    readonly kind: "sk-ecdsa-sha2-nistp256@openssh.com";
    readonly point: Uint8Array;
    readonly application: string;
  };

/**
 * Reads a whole blob.
 *
 * @throws {SshFormError} For another kind, certificates among them; a key that is too weak, or no key
 *   of its kind; another spelling of a number; more or fewer bytes.
 */
export function decodeSshKey(blob: Uint8Array): SshKeyMaterial {
  const reader = new SshReader(blob);
  const named = reader.readName();
  const kind = sshKeyKinds.find((known) => known === named);
  if (kind === undefined) {
    throw new SshFormError(
      `the key is of type "${named.slice(0, 80)}", wanted one of ${sshKeyKinds.join(", ")}`,
    );
  }
  const material = readMaterial(kind, reader);
  reader.readEnd();
  return material;
}

function readMaterial(kind: SshKeyKind, reader: SshReader): SshKeyMaterial {
  switch (kind) {
    case "ssh-ed25519":
      return { kind, publicKey: readEd25519Key(reader) };
    case "ecdsa-sha2-nistp256":
      return { kind, point: readPoint(reader) };
    case "ssh-rsa":
      return { kind, ...readRsa(reader) };
    case "sk-ssh-ed25519@openssh.com":
      return { kind, publicKey: readEd25519Key(reader), application: readApplication(reader) };
    case "sk-ecdsa-sha2-nistp256@openssh.com":
      return { kind, point: readPoint(reader), application: readApplication(reader) };
  }
}

function readPoint(reader: SshReader): Uint8Array {
  const named = reader.readName();
  if (named !== curve) {
    throw new SshFormError(`the key's curve is "${named.slice(0, 80)}", wanted ${curve}`);
  }
  const point = reader.readString();
  if (isP256Point(point)) return point;
  throw new SshFormError("the key is no point of its curve in 65 bytes");
}

function readRsa(reader: SshReader): RsaNumbers {
  const exponent = readMpint(reader, "the key's exponent");
  const modulus = readMpint(reader, "the key's modulus");
  const bits = 8 * modulus.length - Math.clz32(modulus[0] ?? 0) + 24;
  if (bits < minModulusBits || bits > maxModulusBits) {
    throw new SshFormError(
      `the key has ${bits} bits, wanted ${minModulusBits} to ${maxModulusBits}`,
    );
  }
  if (isEven(modulus)) throw new SshFormError("the key's modulus is even");
  const value = exponent.length > 5 ? maxExponent + 1n : parseBigEndian(exponent);
  if (value < 3n || value > maxExponent || isEven(exponent)) {
    throw new SshFormError("the key's exponent is not an odd number from 3 to 2^32");
  }
  return { modulus, exponent };
}

function isEven(bytes: Uint8Array): boolean {
  return ((bytes.at(-1) ?? 0) & 1) === 0;
}

function readApplication(reader: SshReader): string {
  const application = reader.readName();
  if (application.startsWith(applicationStart)) return application;
  throw new SshFormError(
    `the key is for "${application.slice(0, 80)}", wanted an application that begins with "ssh:"`,
  );
}
