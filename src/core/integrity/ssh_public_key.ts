/**
 * Ed25519 public keys as SSH writes them (RFC 8709).
 *
 * @module
 */
import { encodeBase64 } from "@std/encoding/base64";
import type { Sha256 } from "../ports.ts";
import { encodeSsh, encodeSshString } from "./encode_ssh.ts";
import { isSmallOrderKey } from "./is_small_order_key.ts";
import { SshFormError, SshReader } from "./ssh_reader.ts";

/** The only type of key and of signature. */
export const sshKeyType = "ssh-ed25519";
/** Bytes of a raw key. */
const rawKeyBytes = 32;

/** The blob of a raw 32-byte key. */
export function encodeSshPublicKey(publicKey: Uint8Array): Uint8Array {
  return encodeSsh(sshKeyType, encodeSshString(publicKey));
}

/**
 * The raw 32 bytes of a blob.
 *
 * @throws {SshFormError} For another type, more or fewer bytes, and a key under which anybody can
 *   sign.
 */
export function decodeSshPublicKey(blob: Uint8Array): Uint8Array {
  const reader = new SshReader(blob);
  const type = reader.readName();
  if (type !== sshKeyType) {
    throw new SshFormError(`the key is of type ${type}, wanted ${sshKeyType}`);
  }
  const publicKey = readEd25519Key(reader);
  reader.readEnd();
  return publicKey;
}

/**
 * The raw 32 bytes of an Ed25519 key.
 *
 * @throws {SshFormError} For more or fewer bytes, and a key under which anybody can sign.
 */
export function readEd25519Key(reader: SshReader): Uint8Array {
  const publicKey = reader.readString();
  if (publicKey.length !== rawKeyBytes) {
    throw new SshFormError(`the key has ${publicKey.length} bytes, wanted ${rawKeyBytes}`);
  }
  if (isSmallOrderKey(publicKey)) throw new SshFormError("anybody can sign under this key");
  return publicKey;
}

/** `SHA256:` and the blob's hash in base64 without padding, as OpenSSH shows it. */
export function sshFingerprint(publicKey: Uint8Array, sha256: Sha256): string {
  return fingerprintOf(encodeSshPublicKey(publicKey), sha256);
}

/** The same of a blob of any type. */
export function fingerprintOf(blob: Uint8Array, sha256: Sha256): string {
  return `SHA256:${encodeBase64(sha256(blob)).replace(/=+$/, "")}`;
}

/** A line for `trusted_keys` or `authorized_keys`, without LF. */
export function encodeSshKeyLine(publicKey: Uint8Array, comment: string): string {
  const line = `${sshKeyType} ${encodeBase64(encodeSshPublicKey(publicKey))}`;
  return comment === "" ? line : `${line} ${comment}`;
}
