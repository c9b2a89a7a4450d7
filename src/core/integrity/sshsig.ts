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
import { parseBase64 } from "./parse_base64.ts";
import { decodeSshPublicKey, encodeSshPublicKey, sshKeyType } from "./ssh_public_key.ts";
import { SshFormError, SshReader } from "./ssh_reader.ts";

const magic = new TextEncoder().encode("SSHSIG");
const formatVersion = 1;
const begin = "-----BEGIN SSH SIGNATURE-----";
const end = "-----END SSH SIGNATURE-----";
/** Longest line of base64 the format allows; OpenSSH writes 70. */
const maxLineCharacters = 76;
const writtenLineCharacters = 70;
const signatureBytes = 64;

/** A signature that is well formed; whether it holds is another question. */
export interface Sshsig {
  /** Raw, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Of the message; what is signed holds this hash. */
  readonly hash: "sha256" | "sha512";
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
    return readBlob(new SshReader(unwrap(armored)), namespace);
  } catch (error) {
    if (!(error instanceof SshFormError)) throw error;
    throw new EngineError("signature_invalid", `Cannot use the signature: ${error.message}`, {
      hint: `sign with \`sealward policy sign\`, or ssh-keygen -Y sign -n ${namespace}`,
    });
  }
}

function unwrap(armored: Uint8Array): Uint8Array {
  if (armored.length > maxSignatureFileBytes) {
    throw new SshFormError(`it is over ${maxSignatureFileBytes} bytes`);
  }
  const text = String.fromCharCode(...armored);
  const lines = text.split("\n");
  const body = lines.slice(1, -2);
  // SECURITY: exactly this framing, so that no byte of the file can change unnoticed.
  const isFramed = lines[0] === begin && lines.at(-2) === end && lines.at(-1) === "" &&
    body.length > 0 &&
    body.every((line) => line !== "" && line.length <= maxLineCharacters);
  const blob = isFramed ? parseBase64(body.join("")) : null;
  if (blob !== null) return blob;
  throw new SshFormError("wanted one armored SSH signature and nothing around it");
}

function readBlob(reader: SshReader, namespace: string): Sshsig {
  const start = reader.readBytes(magic.length);
  if (start.some((byte, i) => byte !== magic[i])) throw new SshFormError("it is no SSHSIG");
  const version = reader.readUint32();
  if (version !== formatVersion) {
    throw new SshFormError(`it has version ${version}, wanted ${formatVersion}`);
  }
  const publicKey = decodeSshPublicKey(reader.readString());
  const named = reader.readName();
  if (named !== namespace) {
    throw new SshFormError(`it was made for "${named.slice(0, 80)}", wanted "${namespace}"`);
  }
  if (reader.readString().length > 0) throw new SshFormError("its reserved field is not empty");
  const hash = reader.readName();
  if (hash !== "sha256" && hash !== "sha512") {
    throw new SshFormError(`its hash is "${hash.slice(0, 80)}", wanted sha512 or sha256`);
  }
  const signature = readSignature(new SshReader(reader.readString()));
  reader.readEnd();
  return { publicKey, hash, signature };
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

/**
 * What Ed25519 signs for a message with this hash.
 *
 * @see PROTOCOL.sshsig, "Signed Data, of which the signature goes into the blob above"
 */
export function encodeSigned(
  namespace: string,
  hash: Sshsig["hash"],
  digest: Uint8Array,
): Uint8Array {
  return encodeSsh(magic, namespace, "", hash, encodeSshString(digest));
}

/** Writes the armored form, with the final LF. */
export function encodeSshsig(
  { publicKey, hash, signature }: Sshsig,
  namespace: string,
): Uint8Array<ArrayBuffer> {
  const blob = encodeSsh(
    magic,
    formatVersion,
    encodeSshString(encodeSshPublicKey(publicKey)),
    namespace,
    "",
    hash,
    encodeSshString(encodeSsh(sshKeyType, encodeSshString(signature))),
  );
  const base64 = encodeBase64(blob);
  const lines = base64.match(new RegExp(`.{1,${writtenLineCharacters}}`, "g")) ?? [];
  return new TextEncoder().encode([begin, ...lines, end, ""].join("\n"));
}
