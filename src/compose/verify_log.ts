/**
 * Verifies the whole log of an install, also one that would not open.
 *
 * @module
 */
import { type TreeAnchor, verifyLogFiles } from "../adapter/audit/audit_verify.ts";
import type { Layout } from "../adapter/layout.ts";
import { sealPermissions } from "../adapter/permissions.ts";
import { encodeOrigin } from "../core/audit/checkpoint.ts";
import type { LogReport } from "../core/audit/log_report.ts";
import { parseCheckpointKey } from "../core/audit/parse_checkpoint_key.ts";
import { verifyCheckpoint } from "../core/audit/verify_checkpoint.ts";
import { EngineError } from "../core/errors.ts";
import type { VerifyLogOptions } from "../edge/cli/verify_options.ts";
import type { Surroundings } from "./environment.ts";
import { readInstallRecord } from "./install_record.ts";
import { readLogKeys } from "./log_keys.ts";
import { auditOptions } from "./open_install.ts";

/** Cores beyond these bring little: reading and hashing share the memory. */
const maxThreads = 4;

/** The whole log, by everything this host has. */
export const plainVerify: VerifyLogOptions = {
  mode: "full",
  macs: [],
  checkpoints: [],
  key: null,
  secretFiles: [],
  threads: null,
  isSealed: false,
};

/**
 * @throws {EngineError} `not_initialized`, the secret codes, `audit_busy`, `audit_unreadable`;
 *   `proof_invalid` for a checkpoint that nobody trusted has signed.
 */
export async function verifyLog(
  surroundings: Surroundings,
  layout: Layout,
  options: VerifyLogOptions,
): Promise<LogReport> {
  const record = readInstallRecord(layout);
  const { secretFiles } = options;
  const request = { logId: record.log_id, hasOlder: true, secretFiles };
  const keys = readLogKeys(surroundings, layout, request);
  const key = readKey(options.key ?? record.public_key);
  const { verifyEd25519 } = await import("../adapter/signing_key.ts");
  if (options.isSealed) {
    // The cache of `since` is the one thing it may write.
    const writable = options.mode === "since" ? [layout.sidePath] : [];
    sealPermissions({ writable, keepsNet: false });
  }
  const trees = options.checkpoints.map((note): TreeAnchor => {
    const result = verifyCheckpoint(note, { key, verifyEd25519 });
    if (!result.isSigned) throw unsigned(result.reason);
    const { origin, size, root } = result.checkpoint;
    return { size, root, isForeign: origin !== encodeOrigin(record.log_id) };
  });
  return await verifyLogFiles(auditOptions(layout, record, keys), {
    ...options,
    trees,
    publicKey: record.public_key,
    threads: options.threads ?? Math.min(maxThreads, navigator.hardwareConcurrency),
  });
}

function readKey(text: string) {
  const key = parseCheckpointKey(text);
  if (key !== null) return key;
  throw new EngineError("proof_invalid", "Cannot use the key: it is no Ed25519 public key", {
    hint: "give 32 bytes in base64, or NAME+KEYID+BASE64",
  });
}

function unsigned(reason: string): EngineError {
  return new EngineError("proof_invalid", `Cannot use a checkpoint: ${reason}`, {
    hint: reason === "forged"
      ? "it was changed since it was signed: take it as it was printed, byte for byte"
      : "give the key it was signed with: --key",
  });
}
