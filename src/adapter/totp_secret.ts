/**
 * The secret of the approver without a name.
 *
 * @module
 */
import { parseTotpSecret } from "../core/override/totp_secret.ts";
import {
  findSecret,
  type FoundSecret,
  type ReadVariable,
  type SecretPlace,
  totpSecretNames,
} from "./key_store.ts";

/**
 * Reads it from SCALPEL_TOTP_SECRET_FILE, the systemd credential `scalpel_totp_secret`,
 * SCALPEL_TOTP_SECRET_FD or SCALPEL_TOTP_SECRET (with a warning): the first that is set. A descriptor
 * can be read only before permissions are given up.
 *
 * @returns Null where nothing names one: then nobody approves without a name.
 * @throws {EngineError} `secret_missing`, `secret_unsafe`, `secret_invalid`.
 */
export function readTotpSecret(variable: ReadVariable, place: SecretPlace): FoundSecret | null {
  const found = findSecret(variable, totpSecretNames, place);
  return found && { ...found, bytes: parseTotpSecret(found.bytes, found.source) };
}
