/**
 * Whole numbers as SSH writes them (RFC 4251 section 5, `mpint`), in their one spelling.
 *
 * @module
 */
import { SshFormError, type SshReader } from "./ssh_reader.ts";

/**
 * A positive number's bytes, big-endian, the first of them not zero.
 *
 * @param what Its name, for messages.
 * @throws {SshFormError} For zero, a negative number, or a leading zero that nothing asks for: two
 *   spellings of one number would be two keys, or two signatures, that are one.
 */
export function readMpint(reader: SshReader, what: string): Uint8Array {
  const bytes = reader.readString();
  const [first, second = 0] = bytes;
  if (first === undefined) throw new SshFormError(`${what} is zero`);
  if (first >= 0x80) throw new SshFormError(`${what} is negative`);
  if (first !== 0) return bytes;
  if (second < 0x80) throw new SshFormError(`${what} begins with a needless zero byte`);
  return bytes.slice(1);
}
