/**
 * What install and uninstall make of a settings file, as bytes; nothing is written here.
 *
 * @module
 */
import { compareSettings, findWiring } from "./compare_settings.ts";
import {
  type Backup,
  type Removal,
  unwireSettings,
  wireSettings,
  type Wiring,
} from "./edit_settings.ts";

/**
 * The settings with the wiring in them; the text itself when it is wired so already.
 *
 * @param before Null when there is no file.
 * @param backups Newest first.
 * @throws {EngineError} `settings_invalid`.
 */
export function planInstall(
  before: string | null,
  wiring: Wiring,
  backups: readonly Backup[],
): string {
  const found = before === null ? null : findWiring(before);
  if (before === null || found === null || !found.isInstalled) return wireSettings(before, wiring);
  if (compareSettings(before, wiring).length === 0) return before;
  // An older wiring is taken out first, as if it had never been there.
  const older = found.line === null ? null : { ...wiring, line: found.line };
  return wireSettings(unwireSettings(before, older, backups).text, wiring);
}

/**
 * The settings without the wiring; the text itself when there is none.
 *
 * @param isManagedOnly Whether install would have kept other hooks from running.
 * @throws {EngineError} `settings_invalid`.
 */
export function planRemoval(
  before: string | null,
  isManagedOnly: boolean,
  backups: readonly Backup[],
): Removal {
  const found = before === null ? null : findWiring(before);
  if (before === null || found === null || !found.isInstalled) {
    return { text: before, restored: null };
  }
  const wiring = found.line === null ? null : { line: found.line, isManagedOnly };
  return unwireSettings(before, wiring, backups);
}
