/**
 * The log of an install, opened for a human who keeps it: every key at hand, and nothing writable but
 * the log and what the act is about.
 *
 * @module
 */
import type { AuditFile } from "../adapter/audit/audit_file.ts";
import type { AuditOptions } from "../adapter/audit/audit_options.ts";
import type { Layout } from "../adapter/layout.ts";
import { startNativeHash } from "../adapter/native_hash.ts";
import { sealPermissions } from "../adapter/permissions.ts";
import type { StartHash } from "../core/ports.ts";
import type { Surroundings } from "./environment.ts";
import type { InstallRecord } from "./install_record.ts";
import { readLogKeys } from "./log_keys.ts";
import { auditOptions, openLog } from "./open_install.ts";

export interface KeeperLog {
  readonly layout: Layout;
  readonly record: InstallRecord;
  readonly audit: AuditFile;
  /** With the keys of the past too. */
  readonly options: AuditOptions;
  readonly principal: string;
  readonly startHash: StartHash;
}

export interface KeeperRequest {
  /** Absolute; what stays writable beside the log. */
  readonly outputs?: readonly string[];
  /** Absolute; secrets of the past that are not kept here. */
  readonly secretFiles?: readonly string[];
}

/**
 * @throws {EngineError} As openLog; `permissions_unsealed`.
 */
export async function openKeeperLog(
  surroundings: Surroundings,
  layout: Layout,
  { outputs = [], secretFiles = [] }: KeeperRequest = {},
): Promise<KeeperLog> {
  const { record, audit } = await openLog(surroundings, layout);
  const request = { logId: record.log_id, hasOlder: true, secretFiles };
  const keys = readLogKeys(surroundings, layout, request);
  const options = auditOptions(layout, record, keys);
  sealForKeeping(layout, outputs);
  const principal = principalOf(surroundings);
  return { layout, record, audit, options, principal, startHash: startNativeHash };
}

/** Gives up everything but reading, and writing the log and some named places. */
export function sealForKeeping(layout: Layout, outputs: readonly string[]): void {
  const { logPath, sidePath, markFolder } = layout;
  sealPermissions({ writable: [logPath, sidePath, markFolder, ...outputs], keepsNet: false });
}

/** Whose act it is, as entries name it. */
export function principalOf({ uid }: Surroundings): string {
  return uid === null ? "user" : `uid:${uid}`;
}
