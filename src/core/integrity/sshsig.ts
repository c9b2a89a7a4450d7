/**
 * The signature format of OpenSSH (PROTOCOL.sshsig), Ed25519 only: what `ssh-keygen -Y sign` writes
 * for an Ed25519 key, byte for byte.
 *
 * @module
 */
import { encodeBase64 } from "@std/encoding/base64";
import { EngineError } from "../errors.ts";
import { maxSignatureFileBytes } from "../limits.ts";
import type { Sha256, Sha512, VerifyEd25519 } from "../ports.ts";
import { encodeSsh, encodeSshString } from "./encode_ssh.ts";
import { decodeSshPublicKey, encodeSshPublicKey, sshKeyType } from "./ssh_public_key.ts";
import { SshFormError, SshReader } from "./ssh_reader.ts";
import {
  beginSshsig,
  encodeSigned,
  endSshsig,
  readSshsigBlob,
  type SshsigHash,
  sshsigMagic,
  sshsigVersion,
} from "./sshsig_blob.ts";

const writtenLineCharacters = 70;
const signatureBytes = 64;

/** A signature that is well formed; whether it holds is another question. */
export interface Sshsig {
  /** Raw, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Of the message; what is signed holds this hash. */
  readonly hash: SshsigHash;
  /** 64 bytes, RFC 8032. */
  readonly signature: Uint8Array;
}

export interface SshsigHashes {
  readonly sha256: Sha256;
  readonly sha512: Sha512;
}

/**
 * Reads an armored signature.
 *
 * @param namespace What it must have been made for.
 * @throws {EngineError} `signature_invalid` for anything but one Ed25519 signature in this form:
 *   other keys (also `sk-` ones), other versions, namespaces, hashes, reserved bytes, more or fewer
 *   bytes.
 */
export function parseSshsig(armored: Uint8Array, namespace: string): Sshsig {
  try {
    const wanted = { namespace, maxBytes: maxSignatureFileBytes };
    const { keyBlob, hash, signatureBlob } = readSshsigBlob(armored, wanted);
    const publicKey = decodeSshPublicKey(keyBlob);
    return { publicKey, hash, signature: readSignature(new SshReader(signatureBlob)) };
  } catch (error) {
    if (!(error instanceof SshFormError)) throw error;
    throw new EngineError("signature_invalid", `Cannot use the signature: ${error.message}`, {
      hint: `sign with \`sealward policy sign\`, or ssh-keygen -Y sign -n ${namespace}`,
    });
  }
}

function readSignature(reader: SshReader): Uint8Array {
  const type = reader.readName();
  if (type !== sshKeyType) {
    throw new SshFormError(`the signature is of type "${type.slice(0, 80)}", wanted ${sshKeyType}`);
  }
  const signature = reader.readString();
  reader.readEnd();
  if (signature.length === signatureBytes) return signature;
  throw new SshFormError(`the signature has ${signature.length} bytes, wanted ${signatureBytes}`);
}

/** Whether the signature is one of `message` under its own key; who trusts that key is not asked. */
export function verifySshsig(
  sshsig: Sshsig,
  message: Uint8Array,
  { namespace, verifyEd25519, ...hashes }: SshsigHashes & {
    readonly namespace: string;
    readonly verifyEd25519: VerifyEd25519;
  },
): boolean {
  const digest = hashes[sshsig.hash](message);
  const signed = encodeSigned(namespace, sshsig.hash, digest);
  return verifyEd25519(sshsig.publicKey, signed, sshsig.signature);
}

/** Writes the armored form, with the final LF. */
export function encodeSshsig(
  { publicKey, hash, signature }: Sshsig,
  namespace: string,
): Uint8Array<ArrayBuffer> {
  const blob = encodeSsh(
    sshsigMagic,
    sshsigVersion,
    encodeSshString(encodeSshPublicKey(publicKey)),
    namespace,
    "",
    hash,
    encodeSshString(encodeSsh(sshKeyType, encodeSshString(signature))),
  );
  const base64 = encodeBase64(blob);
  const lines = base64.match(new RegExp(`.{1,${writtenLineCharacters}}`, "g")) ?? [];
  return new TextEncoder().encode([beginSshsig, ...lines, endSshsig, ""].join("\n"));
}
