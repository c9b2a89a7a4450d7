/**
 * The file of keys that may sign policies: one OpenSSH public key on a line, as in
 * `authorized_keys`, without options.
 *
 * @module
 */
import { EngineError } from "../errors.ts";
import { maxTrustedKeys } from "../limits.ts";
import type { Sha256 } from "../ports.ts";
import { decodeUtf8 } from "../strict_json.ts";
import { unreadableCharacter } from "../operation/fold_for_matching.ts";
import { parseBase64 } from "./parse_base64.ts";
import { decodeSshPublicKey, sshFingerprint, sshKeyType } from "./ssh_public_key.ts";
import { SshFormError } from "./ssh_reader.ts";
import type { TrustedKey } from "./trusted_key.ts";

/**
 * Every key of the file; a key that stands twice counts once. Empty lines and those that begin with
 * `#` say nothing.
 *
 * @param file Its name, for messages.
 * @throws {EngineError} `trusted_keys_invalid`, with the line: one bad line spoils the file, or a
 *   revocation could be missed.
 */
export function parseTrustedKeys(
  bytes: Uint8Array,
  file: string,
  sha256: Sha256,
): readonly TrustedKey[] {
  const keys = new Map<string, TrustedKey>();
  const lines = decodeUtf8(bytes, "trusted_keys_invalid").split("\n");
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const key = parseLine(line, `${file}:${index + 1}`, sha256);
    if (!keys.has(key.fingerprint)) keys.set(key.fingerprint, key);
  }
  if (keys.size <= maxTrustedKeys) return [...keys.values()];
  throw refused(file, `it has ${keys.size} keys, wanted at most ${maxTrustedKeys}`);
}

function parseLine(line: string, place: string, sha256: Sha256): TrustedKey {
  if (unreadableCharacter.test(line)) {
    throw refused(place, "got a character nobody can see, a carriage return for one");
  }
  const [type = "", base64 = "", ...comment] = line.trim().split(/ +/);
  // SECURITY: options as OpenSSH knows them (expiry, principals) would be promises nobody keeps.
  if (type !== sshKeyType) {
    throw refused(place, `a line begins with "${sshKeyType}"; options and other types are refused`);
  }
  const blob = parseBase64(base64);
  if (blob === null) throw refused(place, "the key is not base64");
  try {
    const publicKey = decodeSshPublicKey(blob);
    return {
      publicKey,
      fingerprint: sshFingerprint(publicKey, sha256),
      comment: comment.join(" "),
    };
  } catch (error) {
    if (!(error instanceof SshFormError)) throw error;
    throw refused(place, error.message);
  }
}

function refused(place: string, why: string): EngineError {
  return new EngineError("trusted_keys_invalid", `Cannot read trusted keys at ${place}: ${why}`, {
    hint: "one key on a line: ssh-ed25519 BASE64 COMMENT, as `sealward policy keygen` prints it",
  });
}
