/**
 * The keys of an install's log: derived from the root secret, or from the one epoch a host without
 * it holds.
 *
 * @module
 */
import { hasEpochKey, readEpochKey } from "../adapter/audit/audit_epoch_key.ts";
import { type FoundSecret, readAuditSecret, readPrivateFile } from "../adapter/key_store.ts";
import type { Layout } from "../adapter/layout.ts";
import { KeyRing } from "../core/audit/key_ring.ts";
import { firstEpoch } from "../core/audit/keys.ts";
import { EngineError, oneLine } from "../core/errors.ts";
import { hmacSha256 } from "../core/integrity/sha256.ts";
import { parseSecret } from "../core/integrity/parse_secret.ts";
import { minAuditSecretBytes } from "../core/limits.ts";
import type { Surroundings } from "./environment.ts";

export interface LogKeys {
  readonly ring: KeyRing;
  /** The root secret is not on this host. */
  readonly isForwardSecure: boolean;
  /** Where the secret came from, and something to tell people: never the value. */
  readonly source: string;
  readonly warning: string | null;
}

/** Whose log, and what more may be needed to read it. */
export interface LogKeyRequest {
  readonly logId: string;
  /**
   * Looks for secrets that were replaced, and one that is about to take the place, right away;
   * otherwise when an entry names one.
   */
  readonly hasOlder?: boolean;
  /** Files an auditor brings; they take the place of what this host has. */
  readonly secretFiles?: readonly string[];
}

/**
 * The keys of a log.
 *
 * @throws {EngineError} `secret_missing`, `secret_unsafe`, `secret_invalid`.
 */
export function readLogKeys(
  surroundings: Surroundings,
  layout: Layout,
  { logId, hasOlder = false, secretFiles = [] }: LogKeyRequest,
): LogKeys {
  const place = { workspace: layout.root, uid: surroundings.uid };
  const brought = secretFiles.map((path) => readRootSecret(path, place));
  const [first, ...more] = [...brought, ...hasOlder ? readOlder(layout, place) : []];
  const own = first === undefined || hasOlder ? findOwn(surroundings, layout) : null;
  if (own === null && first !== undefined) {
    const ring = KeyRing.ofRoots([first, ...more], logId, hmacSha256);
    return { ring, isForwardSecure: false, source: "--root-secret-file", warning: null };
  }
  const older = first === undefined ? more : [first, ...more];
  if (own !== null) {
    const ring = KeyRing.ofRoots([own.bytes, ...older], logId, hmacSha256);
    if (!hasOlder) {
      ring.onMiss(() =>
        readOlder(layout, place).map((secret) => firstEpoch(secret, logId, hmacSha256))
      );
    }
    // With the auditor's secret at hand for once, the host still keeps an epoch's: it must move on.
    const isForwardSecure = hasEpochKey(layout.markFolder);
    return { ring, isForwardSecure, source: own.source, warning: own.warning };
  }
  const epoch = readEpochKey(layout.markFolder, logId);
  if (epoch === null) throw missing();
  const ring = KeyRing.ofEpoch(epoch, older, logId, hmacSha256);
  return { ring, isForwardSecure: true, source: "the epoch key: forward secure", warning: null };
}

/** The root secret of an install; null where only an epoch's is kept. */
export function findOwn(surroundings: Surroundings, layout: Layout): FoundSecret | null {
  try {
    return readLogSecret(surroundings, layout);
  } catch (error) {
    if (error instanceof EngineError && error.code === "secret_missing") return null;
    throw error;
  }
}

function missing(): EngineError {
  return new EngineError("secret_missing", "Cannot find the audit secret", {
    hint: "run `sealward init`, or set SCALPEL_AUDIT_SECRET_FILE",
  });
}

/** The audit secret of an install. */
export function readLogSecret(surroundings: Surroundings, layout: Layout): FoundSecret {
  return readAuditSecret(surroundings.variable, {
    keyPath: `${layout.keysFolder}/audit.key`,
    workspace: layout.root,
    uid: surroundings.uid,
  });
}

/** A secret in a file somebody names. */
export function readRootSecret(
  path: string,
  place: { readonly workspace: string | null; readonly uid: number | null },
): Uint8Array {
  return parseSecret(readPrivateFile(path, place), { name: path, minBytes: minAuditSecretBytes });
}

/** What `audit rotate-key` put aside, and what it was about to put in place. */
export function readOlder(
  { keysFolder }: Layout,
  place: { readonly workspace: string; readonly uid: number | null },
): readonly Uint8Array[] {
  const secrets: Uint8Array[] = [];
  for (const path of [`${keysFolder}/audit.key.new`, ...listFiles(`${keysFolder}/replaced`)]) {
    try {
      secrets.push(readRootSecret(path, place));
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== "secret_missing") throw error;
    }
  }
  return secrets;
}

function listFiles(folder: string): readonly string[] {
  try {
    const names = Array.from(Deno.readDirSync(folder)).filter(({ isFile }) => isFile);
    return names.map(({ name }) => `${folder}/${name}`).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    if (!(error instanceof Deno.errors.NotADirectory)) throw error;
    throw new EngineError("secret_unsafe", `Cannot use ${oneLine(folder)}: it is no folder`, {
      hint: "move it away, and restore the folder from a backup if a secret was replaced",
      cause: error,
    });
  }
}
