/**
 * Takes the root secret off this host: it goes to a file for the auditor, and only the secret of the
 * current epoch stays.
 *
 * @module
 */
import { readEpochKey, writeEpochKey } from "../adapter/audit/audit_epoch_key.ts";
import { openAuditFile } from "../adapter/audit/audit_file.ts";
import type { Layout } from "../adapter/layout.ts";
import { hasNextSecret, removeRootSecrets, writeSecretOut } from "../adapter/secret_files.ts";
import { KeyRing } from "../core/audit/key_ring.ts";
import { firstEpoch } from "../core/audit/keys.ts";
import { EngineError, oneLine } from "../core/errors.ts";
import { hmacSha256 } from "../core/integrity/sha256.ts";
import type { ForwardSecurePlan } from "../edge/cli/audit_keeper.ts";
import type { Surroundings } from "./environment.ts";
import { readInstallRecord } from "./install_record.ts";
import { sealForKeeping } from "./keeper_log.ts";
import { findOwn, readOlder } from "./log_keys.ts";
import { auditOptions } from "./open_install.ts";
import { requireOutput } from "./require_output.ts";

/**
 * A place for secrets is outside what an agent works in, and outside what stays on this host.
 *
 * @throws {EngineError} `usage`.
 */
export function requireSecretOut(layout: Layout, path: string): void {
  requireOutput(layout, path);
  const folder = Deno.realPathSync(path.slice(0, path.lastIndexOf("/")) || "/");
  if (`${folder}/`.startsWith(`${layout.root}/`)) {
    throw new EngineError("usage", `Cannot keep a secret at "${oneLine(path)}"`, {
      hint: "name a file outside the workspace, on a medium that leaves this host",
    });
  }
}

/**
 * @throws {EngineError} `keeping_refused` where there is no root secret any more, or a change of it
 *   was cut short; `usage` as requireSecretOut; as openAuditFile.
 */
export async function planForwardSecure(
  surroundings: Surroundings,
  layout: Layout,
  secretOut: string,
): Promise<ForwardSecurePlan> {
  requireSecretOut(layout, secretOut);
  const record = readInstallRecord(layout);
  const own = findOwn(surroundings, layout);
  if (own === null) throw refuseTwice(layout, record.log_id);
  if (hasNextSecret(layout.keysFolder)) throw endFirst();
  const place = { workspace: layout.root, uid: surroundings.uid };
  const older = readOlder(layout, place);
  const kidOf = (secret: Uint8Array) => firstEpoch(secret, record.log_id, hmacSha256).kid;
  const files = [secretOut, ...older.map((secret) => `${secretOut}.${kidOf(secret)}`)];
  for (const path of files) requireSecretOut(layout, path);
  const ring = KeyRing.ofRoots([own.bytes, ...older], record.log_id, hmacSha256);
  const audit = await openAuditFile(auditOptions(layout, record, { ring, isForwardSecure: false }));
  const isStored = own.source === "the state folder";
  return {
    files,
    source: own.source,
    epoch: Number(audit.key.slice(9)),
    next: nextSteps(files, isStored ? null : own.source),
    run: async () => {
      sealForKeeping(layout, [layout.keysFolder, ...files]);
      [own.bytes, ...older].forEach((secret, i) => writeSecretOut(files[i] ?? secretOut, secret));
      // Under the log's lock, so that no segment is closed in between.
      await audit.transact(() => {
        if (hasNextSecret(layout.keysFolder)) throw endFirst();
        const [kid = "", epoch] = audit.key.split(".");
        const secret = ring.secretOf(kid, Number(epoch));
        if (secret === null) throw new EngineError("internal", "No secret leads to this epoch");
        writeEpochKey(layout.markFolder, record.log_id, secret);
        removeRootSecrets(layout.keysFolder);
        return { events: [], result: null };
      });
      await audit.close();
    },
  };
}

function nextSteps(files: readonly string[], given: string | null): readonly string[] {
  return [
    `take ${oneLine(files.join(", "))} away from this host: the auditor needs it`,
    ...given === null ? [] : [`unset ${given}: while it is given, the root secret is here`],
    "restart a running `sealward serve`: it still holds the root secret",
    "`sealward audit rotate` puts what was written so far out of this host's reach",
  ];
}

function refuseTwice(layout: Layout, logId: string): EngineError {
  if (readEpochKey(layout.markFolder, logId) === null) {
    return new EngineError("secret_missing", "Cannot find the audit secret", {
      hint: "set the variable that names it, or restore the state folder",
    });
  }
  return new EngineError("keeping_refused", "The root secret is not on this host any more", {
    hint: "the auditor's file has it",
  });
}

function endFirst(): EngineError {
  return new EngineError("keeping_refused", "A change of the secret was cut short", {
    hint: "end it first: `sealward audit rotate-key`",
  });
}
