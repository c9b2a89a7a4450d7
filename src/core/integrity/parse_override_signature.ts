/**
 * Signatures under approvals, of every kind of key that may approve: what `ssh-keygen -Y sign -n
 * sealward-override` writes (PROTOCOL.sshsig, PROTOCOL.u2f).
 *
 * @module
 */
import { EngineError } from "../errors.ts";
import { maxOverrideSignatureBytes } from "../limits.ts";
import { decodeSshKey, type SshKeyMaterial } from "./decode_ssh_key.ts";
import { isP256Scalar, p256Bytes } from "./p256.ts";
import { parseBigEndian } from "./parse_big_endian.ts";
import { readMpint } from "./read_mpint.ts";
import type { SshKey, SshKeyKind } from "./ssh_key.ts";
import { SshFormError, SshReader } from "./ssh_reader.ts";
import { readSshsigBlob, type SshsigHash } from "./sshsig_blob.ts";

/** What a signature under an approval is made for. */
export const overrideNamespace = "sealward-override";

/** Bits of the flags an authenticator signs (CTAP 2, authenticator data). */
const presenceFlag = 0x01;
const verificationFlag = 0x04;
const ed25519Bytes = 64;

/** How each kind of key may sign. `ssh-rsa` is RSA with SHA-1, and not among them. */
const algorithmsOf = {
  "ssh-ed25519": ["ssh-ed25519"],
  "ecdsa-sha2-nistp256": ["ecdsa-sha2-nistp256"],
  "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256"],
  "sk-ssh-ed25519@openssh.com": ["sk-ssh-ed25519@openssh.com"],
  "sk-ecdsa-sha2-nistp256@openssh.com": ["sk-ecdsa-sha2-nistp256@openssh.com"],
} as const satisfies Record<SshKeyKind, readonly string[]>;

export type SshAlgorithm = typeof algorithmsOf[SshKeyKind][number];

/** What an authenticator says of the moment it signed. */
export interface AuthenticatorData {
  /** One byte; bit 0 is set. */
  readonly flags: number;
  /** Signatures it has made, as it counts them; uint32. */
  readonly counter: number;
}

/** A signature that is well formed; whether it holds is another question. */
export interface ParsedSshSignature {
  /** As the signature names it, without comment. Who trusts it is not asked. */
  readonly key: SshKey;
  readonly material: SshKeyMaterial;
  readonly namespace: string;
  /** Of the message; what is signed holds this hash. */
  readonly hash: SshsigHash;
  readonly algorithm: SshAlgorithm;
  /** Ed25519: 64 bytes (RFC 8032). ECDSA: r and s, 32 bytes each. RSA: as long as the modulus. */
  readonly signature: Uint8Array;
  /** Null for keys that are no `sk-` kind. */
  readonly authenticator: AuthenticatorData | null;
  /** Somebody touched the security key; always so for `sk-` kinds, never for others. */
  readonly hasPresence: boolean;
  /** The security key also asked for a PIN or a finger. */
  readonly hasVerification: boolean;
}

/**
 * Reads an armored signature.
 *
 * @param namespace What it must have been made for; overrideNamespace.
 * @throws {EngineError} `override_rejected` for anything but one signature in its one form: other
 *   kinds of keys, certificates, another algorithm than the key's, an `sk-` key nobody touched, other
 *   spellings of numbers, more or fewer bytes.
 */
export function parseOverrideSignature(
  armored: Uint8Array,
  namespace: string,
): ParsedSshSignature {
  try {
    const wanted = { namespace, maxBytes: maxOverrideSignatureBytes };
    const { keyBlob, hash, signatureBlob } = readSshsigBlob(armored, wanted);
    const material = decodeSshKey(keyBlob);
    const key: SshKey = { kind: material.kind, blob: keyBlob, comment: "" };
    const signature = readSignature(new SshReader(signatureBlob), material);
    return { key, material, namespace, hash, ...signature };
  } catch (error) {
    if (!(error instanceof SshFormError)) throw error;
    throw new EngineError("override_rejected", `Cannot use the signature: ${error.message}`, {
      hint: `sign the text as it is shown: ssh-keygen -Y sign -n ${namespace} -f KEY FILE`,
    });
  }
}

type SignaturePart = Pick<
  ParsedSshSignature,
  "algorithm" | "signature" | "authenticator" | "hasPresence" | "hasVerification"
>;

function readSignature(reader: SshReader, material: SshKeyMaterial): SignaturePart {
  const named = reader.readName();
  const wanted: readonly SshAlgorithm[] = algorithmsOf[material.kind];
  const algorithm = wanted.find((known) => known === named);
  if (algorithm === undefined) {
    const got = named.slice(0, 80);
    throw new SshFormError(`the signature is of type "${got}", wanted ${wanted.join(" or ")}`);
  }
  const signature = readRaw(reader.readString(), material);
  const authenticator = "application" in material ? readAuthenticator(reader) : null;
  reader.readEnd();
  const flags = authenticator?.flags ?? 0;
  return {
    algorithm,
    signature,
    authenticator,
    hasPresence: (flags & presenceFlag) !== 0,
    hasVerification: (flags & verificationFlag) !== 0,
  };
}

// SECURITY: a security key can sign without a touch where its key was made so. Then a program signed.
function readAuthenticator(reader: SshReader): AuthenticatorData {
  const [flags = 0] = reader.readBytes(1);
  if ((flags & presenceFlag) === 0) throw new SshFormError("nobody touched the security key");
  return { flags, counter: reader.readUint32() };
}

function readRaw(bytes: Uint8Array, material: SshKeyMaterial): Uint8Array {
  if ("publicKey" in material) return requireBytes(bytes, ed25519Bytes);
  if ("point" in material) return readPair(new SshReader(bytes));
  requireBytes(bytes, material.modulus.length);
  // The same signature plus the modulus would be a second one (RFC 8017 section 5.2.2).
  if (parseBigEndian(bytes) < parseBigEndian(material.modulus)) return bytes;
  throw new SshFormError("the signature is not below the key's modulus");
}

function requireBytes(bytes: Uint8Array, wanted: number): Uint8Array {
  if (bytes.length === wanted) return bytes;
  throw new SshFormError(`the signature has ${bytes.length} bytes, wanted ${wanted}`);
}

/** RFC 5656 section 3.1.2. */
function readPair(reader: SshReader): Uint8Array {
  const pair = new Uint8Array(2 * p256Bytes);
  for (const [index, name] of ["r", "s"].entries()) {
    const number = readMpint(reader, `the signature's ${name}`);
    if (number.length > p256Bytes || !isP256Scalar(number)) {
      throw new SshFormError(`the signature's ${name} is not below the curve's order`);
    }
    pair.set(number, (index + 1) * p256Bytes - number.length);
  }
  reader.readEnd();
  return pair;
}
