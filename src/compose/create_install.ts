/**
 * Makes an install: state folder, keys, tokens, genesis. Written so that a failure half-way leaves
 * nothing that looks like an install: the record comes last.
 *
 * @module
 */
import { isThere } from "../adapter/is_there.ts";
import { auditSecretNames, isSecretSet } from "../adapter/key_store.ts";
import { encodeBase64 } from "@std/encoding/base64";
import { encodeHex } from "@std/encoding/hex";
import { createAuditFiles } from "../adapter/audit/audit_create.ts";
import { nowMicros } from "../adapter/clock.ts";
import { randomBytes } from "../adapter/random.ts";
import { sha256 } from "../core/integrity/sha256.ts";
import type { Layout } from "../adapter/layout.ts";
import { openPolicyStore } from "../adapter/policy_store.ts";
import { EngineError } from "../core/errors.ts";
import { maxDetailsBytes, maxEntryBytes } from "../core/limits.ts";
import { version } from "../core/version.ts";
import { createApproverToken } from "./create_approver_token.ts";
import { findLayout, type Surroundings } from "./environment.ts";
import type { InstallRecord } from "./install_record.ts";
import { readLogKeys, readLogSecret } from "./log_keys.ts";
import { auditOptions } from "./open_install.ts";

/** @throws {EngineError} As requireNew; `audit_unwritable` when a file cannot be made. */
export async function createInstall(
  surroundings: Surroundings,
  root: string,
): Promise<InstallRecord> {
  const layout = findLayout(surroundings, root);
  requireNew(surroundings, layout);
  claimStateFolder(layout);
  try {
    return await createParts(surroundings, layout);
  } catch (error) {
    // Everything below was made by this call: the claim is ours, and refuseKnown saw no log.
    for (const path of [layout.stateFolder, layout.logPath, layout.sidePath]) remove(path);
    throw error;
  }
}

/** Of two calls at once, one makes the folder and goes on; the other must not touch what it makes. */
function claimStateFolder({ stateFolder }: Layout): void {
  Deno.mkdirSync(stateFolder.slice(0, stateFolder.lastIndexOf("/")), {
    recursive: true,
    mode: 0o700,
  });
  try {
    Deno.mkdirSync(stateFolder, { mode: 0o700 });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) throw alreadyThere(stateFolder, true);
    throw error;
  }
}

/**
 * Keys, tokens, log and record, in folders that are there or can be made; nothing is taken back.
 *
 * @throws {EngineError} As createInstall.
 */
export async function createParts(
  surroundings: Surroundings,
  layout: Layout,
): Promise<InstallRecord> {
  Deno.mkdirSync(layout.policyFolder, { recursive: true });
  for (const folder of [layout.keysFolder, layout.tokensFolder, layout.markFolder]) {
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  // SECURITY: mkdir's mode is narrowed by umask only; the keys' folder must be ours alone.
  Deno.chmodSync(layout.stateFolder, 0o700);
  const publicKey = await writeKeys(surroundings, layout);
  const logId = encodeHex(randomBytes(16));
  const fingerprint = writeGenesis(surroundings, layout, { logId, publicKey });
  const record: InstallRecord = {
    version: 1,
    root: layout.root,
    log_id: logId,
    fingerprint,
    public_key: publicKey,
    created_at: new Date(nowMicros() / 1000).toISOString(),
  };
  writeNew(layout.recordPath, JSON.stringify(record, null, 2) + "\n");
  return record;
}

function remove(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch {
    // Not made, or not ours to remove: the first error is the one to show.
  }
}

/**
 * Refuses what would fail half-way.
 *
 * @throws {EngineError} `already_initialized` when anything of this root is known; what is wrong
 *   with the audit secret, where one is given.
 */
export function requireNew(surroundings: Surroundings, layout: Layout): void {
  if (layout.guard !== null) throw alreadyGuarded(layout.guard.engineUser);
  refuseKnown(layout);
  if (layout.stateFolder.startsWith(`${layout.root}/`)) {
    throw new EngineError("secret_unsafe", "Cannot keep keys inside the workspace", {
      hint: `the state folder would be ${layout.stateFolder}: set XDG_STATE_HOME elsewhere`,
    });
  }
  if (isSecretGiven(surroundings)) readLogSecret(surroundings, layout);
}

function refuseKnown(layout: Layout): void {
  for (const path of [layout.stateFolder, layout.logPath, layout.sidePath]) {
    if (!isThere(path)) continue;
    throw alreadyThere(path, path === layout.stateFolder);
  }
}

function alreadyGuarded(engineUser: string): EngineError {
  return new EngineError("already_initialized", "Cannot initialise: this root is guarded", {
    hint: `the user "${engineUser}" decides for it: see \`sealward status\``,
  });
}

function alreadyThere(path: string, isState: boolean): EngineError {
  return new EngineError("already_initialized", `Cannot initialise: "${path}" exists`, {
    hint: isState
      ? "see `sealward status`; to start over, move that folder and .scalpel away as evidence"
      : "a log without its keys proves nothing any more: move it away as evidence first",
  });
}

async function writeKeys(surroundings: Surroundings, layout: Layout): Promise<string> {
  const keyPath = `${layout.keysFolder}/audit.key`;
  // A secret kept elsewhere must not lie here a second time.
  if (!isSecretGiven(surroundings)) writeNew(keyPath, `hex:${encodeHex(randomBytes(32))}\n`);
  const { newSigningKeyPem, openSigningKey } = await import("../adapter/signing_key.ts");
  const pem = newSigningKeyPem();
  writeNew(`${layout.keysFolder}/checkpoint.pem`, pem);
  const publicKey = encodeBase64(openSigningKey(pem).publicKey);
  writeNew(`${layout.keysFolder}/server.pub`, `${publicKey}\n`);
  for (const role of ["agent", "operator"]) {
    writeNew(`${layout.tokensFolder}/${role}`, `${encodeHex(randomBytes(32))}\n`);
  }
  createApproverToken(layout);
  return publicKey;
}

export function isSecretGiven({ variable }: Surroundings): boolean {
  return isSecretSet(variable, auditSecretNames);
}

/** Returns the log's fingerprint: SHA-256 of the genesis line without its LF, hex. */
function writeGenesis(
  surroundings: Surroundings,
  layout: Layout,
  log: { readonly logId: string; readonly publicKey: string },
): string {
  const keys = readLogKeys(surroundings, layout, log);
  createAuditFiles({
    ...auditOptions(layout, { log_id: log.logId, fingerprint: null }, keys),
    genesis: {
      tool: `sealward ${version}`,
      policy_digest: openPolicyStore(layout)().digest,
      host: hostDigest(),
      checkpoint_key: log.publicKey,
      limits: { line_bytes: maxEntryBytes, details_bytes: maxDetailsBytes },
    },
  });
  const line = Deno.readFileSync(layout.logPath);
  return encodeHex(sha256(line.subarray(0, line.length - 1)));
}

// A name would tell an auditor's file too much; a digest tells two hosts apart.
function hostDigest(): string {
  return encodeHex(sha256(new TextEncoder().encode(`sealward-host-v1\n${Deno.hostname()}`)));
}

function writeNew(path: string, text: string): void {
  // createNew neither follows a planted link nor overwrites.
  Deno.writeTextFileSync(path, text, { createNew: true, mode: 0o600 });
}
