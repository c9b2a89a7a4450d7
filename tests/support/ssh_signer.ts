/**
 * SSH keys of every kind and what `ssh-keygen -Y sign` would make with them, by an encoder of its own:
 * nothing of the product's is used. Security keys are played in software, as PROTOCOL.u2f has it.
 *
 *     const signer = await newSshSigner("sk-ssh-ed25519@openssh.com");
 *     const armored = await signer.sign(message);
 *     await signer.sign(message, { flags: 0 });        // nobody touched it
 */
import { decodeBase64, encodeBase64 } from "@std/encoding/base64";
import type { SshKey, SshKeyKind } from "../../src/core/integrity/ssh_key.ts";

export const overrideNamespace = "sealward-override";

type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

/** What a signature is made of; all that is left out is as it should be. */
export interface SigningOptions {
  readonly magic?: string;
  readonly version?: number;
  readonly namespace?: string;
  readonly reserved?: string;
  readonly hash?: string;
  /** Name of the signature's algorithm; for RSA it says the hash. */
  readonly algorithm?: string;
  /** Of an `sk-` key; 0x01 is touch, 0x04 is PIN or finger. */
  readonly flags?: number;
  readonly counter?: number;
  /** What the authenticator hashes, where it is not what the key says. */
  readonly application?: string;
  /** In the place of the key's own. */
  readonly keyBlob?: Uint8Array;
  /** Changes what is inside the signature: name, signature, and what follows it. */
  readonly edit?: (parts: SignatureParts) => SignatureParts;
  readonly after?: Uint8Array;
}

export interface SignatureParts {
  readonly algorithm: string;
  /** Raw for Ed25519 and RSA, two mpints for ECDSA. */
  readonly signature: Uint8Array;
  /** Flags and counter of `sk-` kinds. */
  readonly rest: Uint8Array;
}

export interface SshSigner {
  readonly key: SshKey;
  /** For `authorized_keys`. */
  readonly line: string;
  readonly sign: (message: Uint8Array, options?: SigningOptions) => Promise<Bytes>;
}

/** Signs bytes as the algorithm of the name does; RSA and Ed25519 raw, ECDSA as two mpints. */
export type RawSign = (data: Bytes, algorithm: string) => Promise<Uint8Array>;

export interface SignerOptions {
  readonly application?: string;
  readonly modulusBits?: number;
  readonly publicExponent?: readonly number[];
}

export function bytesOf(...parts: readonly (Uint8Array | string | number)[]): Bytes {
  return Uint8Array.from(parts.flatMap((part) => {
    if (typeof part === "number") {
      return [part >>> 24, part >>> 16 & 255, part >>> 8 & 255, part & 255];
    }
    return [...(typeof part === "string" ? encoder.encode(part) : part)];
  }));
}

/** A `string` of SSH. */
export function framed(part: Uint8Array | string): Bytes {
  const bytes = typeof part === "string" ? encoder.encode(part) : part;
  return bytesOf(bytes.length, bytes);
}

/** An `mpint` of SSH, from a number's bytes. */
export function mpint(bytes: Uint8Array): Bytes {
  const start = bytes.findIndex((byte) => byte !== 0);
  const short = start < 0 ? new Uint8Array() : bytes.slice(start);
  return framed((short[0] ?? 0) >= 0x80 ? bytesOf(Uint8Array.of(0), short) : short);
}

export function armor(blob: Uint8Array): Bytes {
  const lines = encodeBase64(blob).match(/.{1,70}/g) ?? [];
  const all = ["-----BEGIN SSH SIGNATURE-----", ...lines, "-----END SSH SIGNATURE-----", ""];
  return encoder.encode(all.join("\n"));
}

/** The blob in armor. */
export function unarmor(armored: Uint8Array): Bytes {
  return decodeBase64(new TextDecoder().decode(armored).split("\n").slice(1, -2).join(""));
}

export async function newSshSigner(
  kind: SshKeyKind,
  options: SignerOptions = {},
): Promise<SshSigner> {
  const { material, raw } = await newKey(kind, options);
  const application = kind.startsWith("sk-") ? options.application ?? "ssh:test" : null;
  const blob = bytesOf(
    framed(kind),
    material,
    application === null ? new Uint8Array() : framed(application),
  );
  return signerOf({ kind, blob, application, raw });
}

/** A signer of a key that was made elsewhere. */
export function signerOf({ kind, blob, application = null, raw }: {
  readonly kind: SshKeyKind;
  readonly blob: Bytes;
  readonly application?: string | null;
  readonly raw: RawSign;
}): SshSigner {
  const sign = async (message: Uint8Array, options: SigningOptions = {}) => {
    const namespace = options.namespace ?? overrideNamespace;
    const hash = options.hash ?? "sha512";
    const reserved = options.reserved ?? "";
    const digest = await digestOf(hash === "sha256" ? "SHA-256" : "SHA-512", message);
    const magic = options.magic ?? "SSHSIG";
    const wrapped = bytesOf(
      magic,
      framed(namespace),
      framed(reserved),
      framed(hash),
      framed(digest),
    );
    const algorithm = options.algorithm ?? (kind === "ssh-rsa" ? "rsa-sha2-512" : kind);
    const rest = application === null
      ? new Uint8Array()
      : bytesOf(Uint8Array.of(options.flags ?? 1), options.counter ?? 7);
    const data = application === null ? wrapped : bytesOf(
      await digestOf("SHA-256", encoder.encode(options.application ?? application)),
      rest,
      await digestOf("SHA-256", wrapped),
    );
    const made: SignatureParts = { algorithm, signature: await raw(data, algorithm), rest };
    const parts = options.edit?.(made) ?? made;
    const signature = bytesOf(framed(parts.algorithm), framed(parts.signature), parts.rest);
    return armor(bytesOf(
      magic,
      options.version ?? 1,
      framed(options.keyBlob ?? blob),
      framed(namespace),
      framed(reserved),
      framed(hash),
      framed(signature),
      options.after ?? new Uint8Array(),
    ));
  };
  const key: SshKey = { kind, blob, comment: "" };
  return { key, line: `${kind} ${encodeBase64(blob)} somebody`, sign };
}

async function digestOf(name: string, data: Uint8Array): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest(name, new Uint8Array(data)));
}

interface NewKey {
  /** Behind the kind, less the application. */
  readonly material: Bytes;
  readonly raw: RawSign;
}

async function newKey(kind: SshKeyKind, options: SignerOptions): Promise<NewKey> {
  if (kind === "ssh-rsa") return await newRsaKey(options);
  return kind.includes("ed25519") ? await newEd25519Key() : await newP256Key();
}

async function newEd25519Key(): Promise<NewKey> {
  const pair = await crypto.subtle.generateKey("Ed25519", true, [
    "sign",
    "verify",
  ]) as CryptoKeyPair;
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return {
    material: framed(publicKey),
    raw: async (data) => new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, data)),
  };
}

async function newP256Key(): Promise<NewKey> {
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const pair = await crypto.subtle.generateKey(curve, true, ["sign", "verify"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  return {
    material: bytesOf(framed("nistp256"), framed(point)),
    raw: async (data) => {
      const both = new Uint8Array(await crypto.subtle.sign(algorithm, pair.privateKey, data));
      return bytesOf(mpint(both.subarray(0, 32)), mpint(both.subarray(32)));
    },
  };
}

const rsaHashes: Readonly<Record<string, string>> = {
  "ssh-rsa": "SHA-1",
  "rsa-sha2-256": "SHA-256",
  "rsa-sha2-512": "SHA-512",
};

/** Its private key is imported once for each hash: WebCrypto ties them together. */
async function newRsaKey(options: SignerOptions): Promise<NewKey> {
  const name = "RSASSA-PKCS1-v1_5";
  const pair = await crypto.subtle.generateKey(
    {
      name,
      hash: "SHA-512",
      modulusLength: options.modulusBits ?? 2_048,
      publicExponent: Uint8Array.from(options.publicExponent ?? [1, 0, 1]),
    },
    true,
    ["sign", "verify"],
  );
  const { n = "", e = "" } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const secret = await crypto.subtle.exportKey("pkcs8", pair.privateKey);
  return {
    material: bytesOf(mpint(decodeUrl(e)), mpint(decodeUrl(n))),
    raw: async (data, algorithm) => {
      const hash = rsaHashes[algorithm] ?? "SHA-512";
      const key = await crypto.subtle.importKey("pkcs8", secret, { name, hash }, false, ["sign"]);
      return new Uint8Array(await crypto.subtle.sign(name, key, data));
    },
  };
}

export function decodeUrl(text: string): Bytes {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return decodeBase64(base64.padEnd(Math.ceil(base64.length / 4) * 4, "="));
}
