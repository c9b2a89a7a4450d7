/**
 * Keys that sign policies: made, and opened from the two forms people have.
 *
 * @module
 */
import { findRoot } from "../adapter/layout.ts";
import {
  encodeSigningKeyPem,
  newSigningKeyPem,
  openSigningKey,
  sha512,
} from "../adapter/signing_key.ts";
import { EngineError, oneLine } from "../core/errors.ts";
import { signatureNamespace } from "../core/integrity/manifest.ts";
import {
  isOpensshPrivateKey,
  parseOpensshPrivateKey,
} from "../core/integrity/parse_openssh_private_key.ts";
import { parseTrustedKeys } from "../core/integrity/parse_trusted_keys.ts";
import { sha256 } from "../core/integrity/sha256.ts";
import { encodeSshKeyLine, sshFingerprint } from "../core/integrity/ssh_public_key.ts";
import { encodeSshsig } from "../core/integrity/sshsig.ts";
import { encodeSigned } from "../core/integrity/sshsig_blob.ts";
import type { CreatedKey, SigningKey } from "../edge/cli/policy_signer.ts";

/** @throws {EngineError} As PolicySigner.createKey. */
export function createPolicyKey(path: string, comment: string): CreatedKey {
  refuseProject(path);
  const pem = newSigningKeyPem();
  const { publicKey } = openSigningKey(pem);
  const line = encodeSshKeyLine(publicKey, comment);
  const publicPath = `${path}.pub`;
  writeNew(path, pem, 0o600);
  try {
    writeNew(publicPath, `${line}\n`, 0o644);
  } catch (error) {
    Deno.removeSync(path);
    throw error;
  }
  return { path, publicPath, fingerprint: sshFingerprint(publicKey, sha256), line };
}

// SECURITY: what lies in a project is the agent's to read.
function refuseProject(path: string): void {
  const folder = path.slice(0, path.lastIndexOf("/")) || "/";
  const root = findRoot(folder);
  try {
    Deno.lstatSync(`${root}/.scalpel`);
  } catch {
    return;
  }
  throw new EngineError("secret_unsafe", `Cannot make a key inside the project "${root}"`, {
    hint: "keep it where no agent works, best on another machine or a medium you take away",
  });
}

function writeNew(path: string, text: string, mode: number): void {
  try {
    using file = Deno.openSync(path, { write: true, createNew: true, mode });
    const bytes = new TextEncoder().encode(text);
    for (let sent = 0; sent < bytes.length;) sent += file.writeSync(bytes.subarray(sent));
    file.syncSync();
  } catch (cause) {
    const [why, hint] = explainFailure(path, cause);
    throw new EngineError("output_unwritable", `Cannot write "${path}": ${why}`, { hint, cause });
  }
}

function explainFailure(path: string, cause: unknown): readonly [why: string, hint: string] {
  if (cause instanceof Deno.errors.AlreadyExists) {
    return ["it exists already", "name a new file: no key is written over"];
  }
  const folder = path.slice(0, path.lastIndexOf("/")) || "/";
  if (cause instanceof Deno.errors.NotFound) {
    return ["its folder does not exist", `make it first: mkdir -m 700 ${folder}`];
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return [oneLine(reason), `look at the folder ${folder}`];
}

/**
 * Opens a private key: PKCS #8 PEM, or OpenSSH's own form.
 *
 * @param read Reads a file that must be private.
 */
export function openPolicyKey(path: string, read: (path: string) => string): SigningKey {
  const text = read(path);
  const own = openText(text);
  const { publicKey } = own;
  return {
    publicKey,
    fingerprint: sshFingerprint(publicKey, sha256),
    comment: own.comment === "" ? readComment(`${path}.pub`, publicKey) : own.comment,
    sign: (manifest) => {
      const hash = "sha512";
      const signature = own.sign(encodeSigned(signatureNamespace, hash, sha512(manifest)));
      return encodeSshsig({ publicKey, hash, signature }, signatureNamespace);
    },
  };
}

/** Who the key belongs to, as the file beside it says; proves nothing, and may be missing. */
function readComment(publicPath: string, publicKey: Uint8Array): string {
  try {
    if (!Deno.lstatSync(publicPath).isFile) return "";
    const [key] = parseTrustedKeys(Deno.readFileSync(publicPath), publicPath, sha256);
    const isSame = key?.fingerprint === sshFingerprint(publicKey, sha256);
    return isSame ? key?.comment ?? "" : "";
  } catch {
    return "";
  }
}

function openText(text: string): ReturnType<typeof openSigningKey> & { readonly comment: string } {
  if (isOpensshPrivateKey(text)) return openOpenssh(text);
  if (text.startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----")) {
    throw invalid("it is encrypted", "decrypt it into a private file with `openssl pkey -in KEY`");
  }
  try {
    return { ...openSigningKey(text), comment: "" };
  } catch {
    // Whatever the parser says may quote the file.
    throw invalid(
      "it is no Ed25519 key in PKCS #8 PEM or OpenSSH form",
      "make one: `sealward policy keygen FILE`",
    );
  }
}

function openOpenssh(text: string): ReturnType<typeof openText> {
  const { seed, publicKey, comment } = parseOpensshPrivateKey(text);
  const opened = openSigningKey(encodeSigningKeyPem(seed));
  if (opened.publicKey.some((byte, i) => byte !== publicKey[i])) {
    throw invalid("its two halves do not belong together", "restore it from a backup");
  }
  return { ...opened, comment };
}

function invalid(why: string, hint: string): EngineError {
  return new EngineError("secret_invalid", `Cannot sign with this key: ${why}`, { hint });
}
