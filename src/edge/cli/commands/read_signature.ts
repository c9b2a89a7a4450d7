/**
 * A file that ssh-keygen wrote.
 *
 * @module
 */
import type { ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { EngineError, oneLine } from "../../../core/errors.ts";

/** An RSA signature of 16,384 bits with its key, armored, is smaller. */
const maxSignatureBytes = 16_384;

/** Null where no flag names one. @throws {EngineError} `usage` when it cannot be read. */
export async function readSignature(
  { host }: CliContext,
  { flags }: ParsedArguments,
): Promise<Uint8Array | null> {
  const path = flags.text("signature");
  if (path === null) return null;
  try {
    return await host.readInput(host.absolute(path), maxSignatureBytes);
  } catch (error) {
    throw new EngineError("usage", `Cannot read a signature from "${oneLine(path, 120)}"`, {
      hint: "name the file FILE.sig that ssh-keygen -Y sign wrote",
      cause: error,
    });
  }
}
