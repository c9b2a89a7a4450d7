/**
 * For commands that only read what a human hands them: no install, no secret, no log.
 *
 * @module
 */
import { sealPermissions } from "../adapter/permissions.ts";
import type { VerifyEd25519 } from "../core/ports.ts";

/**
 * Gives up everything but reading.
 *
 * @throws {EngineError} `permissions_unsealed`.
 */
export async function sealForReading(): Promise<VerifyEd25519> {
  // Before sealing: the runtime's modules may look at what is gone afterwards.
  const { verifyEd25519 } = await import("../adapter/signing_key.ts");
  sealPermissions({ writable: [], keepsNet: false });
  return verifyEd25519;
}
