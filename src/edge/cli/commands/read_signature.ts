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
    return refuseText(await host.readInput(host.absolute(path), maxSignatureBytes));
  } catch (error) {
    if (error instanceof EngineError && error.code === "usage") throw error;
    throw new EngineError("usage", `Cannot read a signature from "${oneLine(path, 120)}"`, {
      hint: "name the file FILE.sig that ssh-keygen -Y sign wrote",
      cause: error,
    });
  }
}

/** What is signed and its signature have names that differ in their end. @throws {EngineError} `usage`. */
function refuseText(bytes: Uint8Array): Uint8Array {
  const text = new TextDecoder("latin1").decode(bytes);
  if (text.startsWith("-----BEGIN SSH SIGNATURE-----")) return bytes;
  const isApproval = text.startsWith("sealward-override/v1\n");
  throw new EngineError(
    "usage",
    isApproval ? "That is the text to sign, not its signature" : "That is no SSH signature",
    { hint: "name the file FILE.sig that ssh-keygen -Y sign -n sealward-override wrote" },
  );
}
