/**
 * What every signature in the format of OpenSSH (PROTOCOL.sshsig) has around key and signature.
 *
 * @module
 */
import { encodeSsh, encodeSshString } from "./encode_ssh.ts";
import { parseBase64 } from "./parse_base64.ts";
import { SshFormError, SshReader } from "./ssh_reader.ts";

export const sshsigMagic = new TextEncoder().encode("SSHSIG");
export const sshsigVersion = 1;
export const beginSshsig = "-----BEGIN SSH SIGNATURE-----";
export const endSshsig = "-----END SSH SIGNATURE-----";
/** Longest line of base64 the format allows; OpenSSH writes 70. */
const maxLineCharacters = 76;

/** Hashes of the message that a signature may name. */
export type SshsigHash = "sha256" | "sha512";

/** The blob's parts; key and signature are as they were found, and may be anything. */
export interface SshsigBlob {
  readonly keyBlob: Uint8Array;
  readonly hash: SshsigHash;
  readonly signatureBlob: Uint8Array;
}

/**
 * Reads armor and blob.
 *
 * @param wanted `namespace`: what it must have been made for; `maxBytes` of the armored form.
 * @throws {SshFormError} For another framing, version, namespace, hash, for reserved bytes, for more
 *   or fewer bytes.
 */
export function readSshsigBlob(
  armored: Uint8Array,
  wanted: { readonly namespace: string; readonly maxBytes: number },
): SshsigBlob {
  const reader = new SshReader(unwrap(armored, wanted.maxBytes));
  const start = reader.readBytes(sshsigMagic.length);
  if (start.some((byte, i) => byte !== sshsigMagic[i])) throw new SshFormError("it is no SSHSIG");
  const version = reader.readUint32();
  if (version !== sshsigVersion) {
    throw new SshFormError(`it has version ${version}, wanted ${sshsigVersion}`);
  }
  const keyBlob = reader.readString();
  const named = reader.readName();
  if (named !== wanted.namespace) {
    throw new SshFormError(`it was made for "${named.slice(0, 80)}", wanted "${wanted.namespace}"`);
  }
  if (reader.readString().length > 0) throw new SshFormError("its reserved field is not empty");
  const hash = reader.readName();
  if (hash !== "sha256" && hash !== "sha512") {
    throw new SshFormError(`its hash is "${hash.slice(0, 80)}", wanted sha512 or sha256`);
  }
  const signatureBlob = reader.readString();
  reader.readEnd();
  return { keyBlob, hash, signatureBlob };
}

function unwrap(armored: Uint8Array, maxBytes: number): Uint8Array {
  if (armored.length > maxBytes) throw new SshFormError(`it is over ${maxBytes} bytes`);
  const text = String.fromCharCode(...armored);
  const lines = text.split("\n");
  const body = lines.slice(1, -2);
  // SECURITY: exactly this framing, so that no byte of the file can change unnoticed.
  const isFramed = lines[0] === beginSshsig && lines.at(-2) === endSshsig && lines.at(-1) === "" &&
    body.length > 0 &&
    body.every((line) => line !== "" && line.length <= maxLineCharacters);
  const blob = isFramed ? parseBase64(body.join("")) : null;
  if (blob !== null) return blob;
  throw new SshFormError("wanted one armored SSH signature and nothing around it");
}

/**
 * What the key signs for a message with this hash.
 *
 * @see PROTOCOL.sshsig, "Signed Data, of which the signature goes into the blob above"
 */
export function encodeSigned(
  namespace: string,
  hash: SshsigHash,
  digest: Uint8Array,
): Uint8Array {
  return encodeSsh(sshsigMagic, namespace, "", hash, encodeSshString(digest));
}
