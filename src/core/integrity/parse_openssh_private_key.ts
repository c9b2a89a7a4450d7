/**
 * Private keys as ssh-keygen keeps them (OpenSSH PROTOCOL.key): unencrypted Ed25519 only.
 *
 * @module
 */
import { EngineError } from "../errors.ts";
import { parseBase64 } from "./parse_base64.ts";
import { decodeSshPublicKey, sshKeyType } from "./ssh_public_key.ts";
import { SshFormError, SshReader } from "./ssh_reader.ts";

const begin = "-----BEGIN OPENSSH PRIVATE KEY-----";
const end = "-----END OPENSSH PRIVATE KEY-----";
const magic = "openssh-key-v1\0";
const seedBytes = 32;

export interface OpensshPrivateKey {
  /** Secret, 32 bytes, RFC 8032. */
  readonly seed: Uint8Array;
  /** Raw, 32 bytes, as the file says; whether it belongs to the seed is the caller's to check. */
  readonly publicKey: Uint8Array;
  readonly comment: string;
}

/** Whether the text claims to be one. */
export function isOpensshPrivateKey(text: string): boolean {
  return text.startsWith(begin);
}

/** @throws {EngineError} `secret_invalid` when it is encrypted, of another type, or malformed. */
export function parseOpensshPrivateKey(text: string): OpensshPrivateKey {
  try {
    const lines = text.replace(/\n+$/, "").split("\n");
    const isFramed = lines[0] === begin && lines.at(-1) === end;
    const blob = isFramed ? parseBase64(lines.slice(1, -1).join("")) : null;
    if (blob === null) throw new SshFormError("it is damaged");
    return readPrivate(new SshReader(readOuter(new SshReader(blob))));
  } catch (error) {
    if (!(error instanceof SshFormError)) throw error;
    throw new EngineError("secret_invalid", `Cannot use the OpenSSH key: ${error.message}`, {
      hint: "wanted an Ed25519 key: `sealward policy keygen FILE`, or ssh-keygen -t ed25519",
    });
  }
}

/** Returns the private part. */
function readOuter(reader: SshReader): Uint8Array {
  const start = new TextDecoder().decode(reader.readBytes(magic.length));
  if (start !== magic) throw new SshFormError("it is of a version nobody knows");
  const cipher = reader.readName();
  const derivation = reader.readName();
  reader.readString();
  if (cipher !== "none" || derivation !== "none") throw encrypted();
  const count = reader.readUint32();
  if (count !== 1) throw new SshFormError(`it holds ${count} keys, wanted one`);
  decodeSshPublicKey(reader.readString());
  const inner = reader.readString();
  reader.readEnd();
  return inner;
}

/** A passphrase is typed into ssh-keygen and nowhere else; so it also works with an agent. */
function encrypted(): EngineError {
  return new EngineError("secret_invalid", "Cannot use the OpenSSH key: it is encrypted", {
    hint: "sign in two steps: `sealward policy sign --prepare`, then " +
      "`ssh-keygen -Y sign -n sealward-policy -f KEY .scalpel/policy.manifest.json`",
  });
}

function readPrivate(reader: SshReader): OpensshPrivateKey {
  if (reader.readUint32() !== reader.readUint32()) throw new SshFormError("it is damaged");
  const type = reader.readName();
  if (type !== sshKeyType) {
    throw new SshFormError(`it is of type ${type.slice(0, 80)}, wanted ${sshKeyType}`);
  }
  const publicKey = reader.readString();
  const pair = reader.readString();
  const comment = new TextDecoder().decode(reader.readString());
  const isPair = publicKey.length === seedBytes && pair.length === 2 * seedBytes &&
    publicKey.every((byte, i) => byte === pair[seedBytes + i]);
  if (!isPair) throw new SshFormError("it is damaged");
  return { seed: pair.slice(0, seedBytes), publicKey, comment };
}
