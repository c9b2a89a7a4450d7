/**
 * What checks approvals of one install; loaded for the first of them.
 *
 * @module
 */
import type { Layout } from "../adapter/layout.ts";
import { readSeed, seedFolderOf } from "../adapter/seed_files.ts";
import { totpHmac } from "../adapter/totp_hmac.ts";
import { readTotpSecret } from "../adapter/totp_secret.ts";
import { verifySsh } from "../adapter/verify_ssh.ts";
import { EngineError } from "../core/errors.ts";
import {
  overrideNamespace,
  parseOverrideSignature,
} from "../core/integrity/parse_override_signature.ts";

import type { OverrideTools, SignedBy } from "../core/override/override_tools.ts";
import type { Surroundings } from "./environment.ts";

/** Reads nothing yet: a seed is read when a code is compared with it. */
export function createOverrideTools(
  { variable, uid }: Surroundings,
  layout: Layout,
): OverrideTools {
  const place = { workspace: layout.root, uid };
  return {
    hmac: totpHmac,
    readSeed: (id) => readSeed(seedFolderOf(layout), id, place),
    readUnnamedSeed: () => readTotpSecret(variable, place)?.bytes ?? null,
    findSigner,
  };
}

async function findSigner(message: Uint8Array, armored: Uint8Array): Promise<SignedBy | null> {
  try {
    const { key, hasPresence } = parseOverrideSignature(armored, overrideNamespace);
    const isGenuine = await verifySsh(key, message, armored, overrideNamespace);
    return isGenuine === true ? { keyBlob: key.blob, hasPresence } : null;
  } catch (error) {
    if (error instanceof EngineError) return null;
    throw error;
  }
}
