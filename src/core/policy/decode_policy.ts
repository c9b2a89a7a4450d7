/**
 * Bytes of a policy file to text.
 *
 * @module
 */
import { EngineError, oneLine } from "../errors.ts";
import { maxPolicyBytes } from "../limits.ts";

/**
 * Decodes a policy file.
 *
 * @returns The text unchanged: its bytes can be had back. A BOM stays, and parsePolicy refuses it.
 * @throws {EngineError} `policy_too_large`, or `policy_syntax` when the bytes are not UTF-8.
 */
export function decodePolicy(bytes: Uint8Array, file: string): string {
  checkPolicySize(bytes.length, file);
  try {
    // SECURITY: a forgiving decoder reads two different files as the same text.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new EngineError("policy_syntax", `Cannot read ${oneLine(file)}: not UTF-8`, {
      hint: "save the file as UTF-8",
    });
  }
}

/** @throws {EngineError} `policy_too_large`. */
export function checkPolicySize(size: number, file: string): void {
  if (size <= maxPolicyBytes) return;
  const message = `Cannot read ${
    oneLine(file)
  }: got ${size} bytes, wanted ${maxPolicyBytes} or less`;
  throw new EngineError("policy_too_large", message, { hint: "shorten the policy" });
}
