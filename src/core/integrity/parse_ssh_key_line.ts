/**
 * Public keys as people have them: a line of `authorized_keys`, or a `.pub` file's.
 *
 * @module
 */
import { maxSshKeyLineCharacters } from "../limits.ts";
import { unreadableCharacter } from "../operation/fold_for_matching.ts";
import { decodeSshKey } from "./decode_ssh_key.ts";
import { parseBase64 } from "./parse_base64.ts";
import { type SshKey, sshKeyKinds } from "./ssh_key.ts";
import { SshFormError } from "./ssh_reader.ts";

/**
 * Reads `TYPE BASE64 COMMENT`.
 *
 * @throws {SshFormError} With what was got and what was wanted: options, certificates, other types,
 *   weak or malformed keys, invisible characters (a line feed for one), lines that are too long.
 */
export function parseSshKeyLine(line: string): SshKey {
  if (line.length > maxSshKeyLineCharacters) {
    throw new SshFormError(
      `got ${line.length} characters, wanted at most ${maxSshKeyLineCharacters}`,
    );
  }
  if (unreadableCharacter.test(line)) {
    throw new SshFormError("got a character nobody can see, wanted one line: TYPE BASE64 COMMENT");
  }
  const [type = "", base64 = "", ...comment] = line.trim().split(/ +/);
  // SECURITY: options as OpenSSH knows them (expiry, principals) would be promises nobody keeps.
  const kind = sshKeyKinds.find((known) => known === type);
  if (kind === undefined) {
    throw new SshFormError(
      `got "${type.slice(0, 80)}", wanted a line that begins with one of ${
        sshKeyKinds.join(", ")
      }; options and other types are refused`,
    );
  }
  const blob = parseBase64(base64);
  if (blob === null || blob.length === 0) {
    throw new SshFormError(`got no base64 behind "${kind}", wanted the key`);
  }
  const material = decodeSshKey(blob);
  if (material.kind !== kind) {
    throw new SshFormError(`got a key of type ${material.kind}, wanted ${kind} as the line says`);
  }
  return { kind, blob, comment: comment.join(" ") };
}
