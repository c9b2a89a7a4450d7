/**
 * What `hook install` and `hook uninstall` leave in the log.
 *
 * @module
 */
import type { HostName } from "../../hook/wiring/hook_line.ts";
import type { SettingsPlace } from "../../hook/wiring/settings_place.ts";
import type { OpenInstall } from "../host.ts";
import type { ChangeOutcome, SettingsChange } from "./change_settings.ts";

export interface WiringChange {
  readonly type: "HOOK_INSTALLED" | "HOOK_UNINSTALLED";
  readonly host: HostName;
  readonly place: SettingsPlace;
  readonly change: SettingsChange;
  readonly outcome: ChangeOutcome;
}

/**
 * Records that a human wired or unwired a host, and takes its settings as they now are for known:
 * they are protected, and no decision explains the change.
 *
 * @returns What else has changed without a decision, for people.
 */
export async function recordWiring(
  { engine, principal, paths }: OpenInstall,
  { type, host, place, change, outcome }: WiringChange,
): Promise<readonly string[]> {
  const details = { host, scope: place.scope, file: place.path };
  await engine.recordEvent({ type, severity: "MEDIUM", details }, principal);
  const written = [change.path, outcome.backup, change.restored?.path ?? null];
  const prefix = `${paths.root}/`;
  const ownChanges = written.filter((path) => path?.startsWith(prefix) === true)
    .map((path) => (path ?? "").slice(prefix.length));
  const { alarms } = await engine.observeProtected(principal, { ownChanges });
  return alarms.map(({ message, severity }) => `alarm: ${message} (${severity})`);
}
