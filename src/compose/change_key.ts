/**
 * Another root secret for an install's log: announced under the old one, answered under the new one.
 *
 * Cut short, the log is under either: an opening that fails under the one in use looks for both
 * (open_install.ts), and the next call ends what was begun.
 *
 * @module
 */
import { readEpochKey, writeEpochKey } from "../adapter/audit/audit_epoch_key.ts";
import { type AuditFile, openAuditFile } from "../adapter/audit/audit_file.ts";
import type { FoundSecret } from "../adapter/key_store.ts";
import type { Layout } from "../adapter/layout.ts";
import { randomBytes } from "../adapter/random.ts";
import { hasNextSecret, promoteNextSecret, writeNextSecret } from "../adapter/secret_files.ts";
import { KeyRing } from "../core/audit/key_ring.ts";
import { firstEpoch } from "../core/audit/keys.ts";
import { EngineError } from "../core/errors.ts";
import { hmacSha256 } from "../core/integrity/sha256.ts";
import type { KeyChangePlan, KeyChangeReport, SecretHome } from "../edge/cli/audit_keeper.ts";
import type { Surroundings } from "./environment.ts";
import { type InstallRecord, readInstallRecord } from "./install_record.ts";
import { principalOf, sealForKeeping } from "./keeper_log.ts";
import { findOwn, readOlder, readRootSecret } from "./log_keys.ts";
import { auditOptions } from "./open_install.ts";

/** How often another process may be faster in closing the segment. */
const maxTries = 5;

/** Everything of the change that is known before anybody is asked. */
interface Change {
  readonly layout: Layout;
  readonly record: InstallRecord;
  readonly home: SecretHome;
  /** The root secret in use; null where only an epoch's is here. */
  readonly own: FoundSecret | null;
  /** Null: still to be made. */
  readonly next: Uint8Array | null;
  readonly isBegun: boolean;
  readonly principal: string;
}

/**
 * @throws {EngineError} `usage` when a file is wanted, or one too many is given; `keeping_refused`
 *   for the secret that is in use already; the secret codes.
 */
export function planKeyChange(
  surroundings: Surroundings,
  layout: Layout,
  newSecretFile: string | null,
): KeyChangePlan {
  const record = readInstallRecord(layout);
  const place = { workspace: layout.root, uid: surroundings.uid };
  const own = findOwn(surroundings, layout);
  const home = own === null ? "epoch" : own.source === "the state folder" ? "stored" : "given";
  const begun = home === "stored" ? readBegun(layout, place) : null;
  const given = newSecretFile === null ? null : readRootSecret(newSecretFile, place);
  if (home !== "stored" && given === null) throw fileWanted(home);
  const change: Change = {
    layout,
    record,
    home,
    own,
    next: begun ?? given,
    isBegun: begun !== null,
    principal: principalOf(surroundings),
  };
  const kidOf = (secret: Uint8Array) => firstEpoch(secret, record.log_id, hmacSha256).kid;
  const from = own === null
    ? readEpochKey(layout.markFolder, record.log_id)?.kid ?? ""
    : kidOf(own.bytes);
  const to = change.next === null ? null : kidOf(change.next);
  if (begun !== null && given !== null && kidOf(given) !== to) throw otherBegun();
  if (to === from && home !== "epoch") throw sameSecret();
  const older = readOlder(layout, place);
  return {
    home,
    source: own?.source ?? "the epoch key: forward secure",
    from,
    to,
    isBegun: change.isBegun,
    run: (reason) => runKeyChange(change, { from, older, reason }),
  };
}

async function runKeyChange(
  change: Change,
  { from, older, reason }: {
    readonly from: string;
    readonly older: readonly Uint8Array[];
    readonly reason: string;
  },
): Promise<KeyChangeReport> {
  const { layout, record, home, own } = change;
  sealForKeeping(layout, home === "stored" ? [layout.keysFolder] : []);
  const next = change.next ?? randomBytes(32);
  if (home === "stored" && own !== null && !change.isBegun) {
    await begin(change, [own.bytes, ...older], next);
  }
  const ring = ringOf(change, next, older);
  const options = auditOptions(layout, record, { ring, isForwardSecure: own === null });
  const to = firstEpoch(next, record.log_id, hmacSha256).kid;
  const audit = await openAuditFile(options);
  try {
    await rotateTo(audit, { to, principal: change.principal, reason });
    audit.flush();
    const segment = Number(audit.key.slice(9));
    if (home === "stored" && own !== null) {
      const old = { kid: from, secret: own.bytes };
      await underLock(audit, () => promoteNextSecret(layout.keysFolder, old));
    }
    const epoch = home === "epoch" ? ring.secretOf(to, segment) : null;
    // Written by the rotation too; here for one that an earlier call was cut short behind.
    if (epoch !== null) writeEpochKey(layout.markFolder, record.log_id, epoch);
    return { from, to, segment };
  } finally {
    await audit.close();
  }
}

/**
 * Makes the new secret durable beside the one in use, on a log that opens. Under its lock: of two
 * calls at once the second must not replace what the first one announces.
 */
async function begin(
  { layout, record }: Change,
  secrets: readonly [Uint8Array, ...Uint8Array[]],
  next: Uint8Array,
): Promise<void> {
  const ring = KeyRing.ofRoots(secrets, record.log_id, hmacSha256);
  const audit = await openAuditFile(auditOptions(layout, record, { ring, isForwardSecure: false }));
  try {
    await underLock(audit, () => {
      if (hasNextSecret(layout.keysFolder)) throw otherBegun();
      writeNextSecret(layout.keysFolder, next);
    });
  } finally {
    await audit.close();
  }
}

async function underLock(audit: AuditFile, body: () => void): Promise<void> {
  await audit.transact(() => {
    body();
    return { events: [], result: null };
  });
}

function ringOf({ layout, record, own }: Change, next: Uint8Array, older: readonly Uint8Array[]) {
  const { log_id: logId } = record;
  if (own !== null) return KeyRing.ofRoots([own.bytes, next, ...older], logId, hmacSha256);
  const epoch = readEpochKey(layout.markFolder, logId);
  if (epoch === null) throw new EngineError("secret_missing", "Cannot find the epoch's key");
  return KeyRing.ofEpoch(epoch, [next], logId, hmacSha256);
}

/** Until the log is under the new key; nothing to do when an earlier call got that far. */
async function rotateTo(
  audit: AuditFile,
  change: { readonly to: string; readonly principal: string; readonly reason: string },
): Promise<void> {
  for (let i = 0; i < maxTries; i++) {
    if (audit.key.startsWith(change.to)) return;
    await audit.rotate(change);
  }
  if (audit.key.startsWith(change.to)) return;
  throw new EngineError("audit_busy", "Others keep closing the segment", { hint: "try again" });
}

/** A secret that an earlier call put beside the one in use. */
function readBegun(
  { keysFolder }: Layout,
  place: { readonly workspace: string; readonly uid: number | null },
): Uint8Array | null {
  try {
    return readRootSecret(`${keysFolder}/audit.key.new`, place);
  } catch (error) {
    if (error instanceof EngineError && error.code === "secret_missing") return null;
    throw error;
  }
}

function fileWanted(home: SecretHome): EngineError {
  const why = home === "epoch"
    ? "the root secret is kept elsewhere"
    : "the secret comes from outside";
  return new EngineError("usage", `Nothing may be stored here: ${why}`, {
    hint: "name the file with the new one: --new-secret-file FILE",
  });
}

function otherBegun(): EngineError {
  return new EngineError("keeping_refused", "A change to another secret was begun", {
    hint: "end that one first, without --new-secret-file",
  });
}

function sameSecret(): EngineError {
  return new EngineError("keeping_refused", "This is the secret that is in use already", {
    hint: "make another one with: openssl rand -hex 32",
  });
}
