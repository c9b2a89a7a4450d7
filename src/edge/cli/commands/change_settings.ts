/**
 * Carries out one planned change of a settings file, once a human agreed to it.
 *
 * @module
 */
import type { AgentFiles } from "../../hook/wiring/agent_files.ts";
import type { Backup } from "../../hook/wiring/edit_settings.ts";
import type { ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { agreeToChange } from "./agree_to_change.ts";
import { unifiedDiff } from "./unified_diff.ts";

export interface SettingsChange {
  readonly path: string;
  /** Null: there is no file. */
  readonly before: string | null;
  /** Null: there will be none. */
  readonly after: string | null;
  /** The backup whose bytes `after` are. */
  readonly restored: Backup | null;
}

export interface ChangeOutcome {
  readonly diff: string;
  readonly isChanged: boolean;
  /** The human said no. */
  readonly isRefused: boolean;
  /** Path of the copy of what was there. */
  readonly backup: string | null;
}

/** Writes nothing with --dry-run, when nothing differs, or when the human says no. */
export function changeSettings(
  context: CliContext,
  parsed: ParsedArguments,
  { files, change }: { readonly files: AgentFiles; readonly change: SettingsChange },
): ChangeOutcome {
  const { path, before, after, restored } = change;
  const diff = unifiedDiff(path, before, after);
  const still = { diff, isChanged: false, isRefused: false, backup: null };
  if (before === after || parsed.flags.isSet("dry-run")) return still;
  if (!agreeToChange(context, parsed, diff)) return { ...still, isRefused: true };
  // What goes back to bytes that are known, or was written by install alone, needs no copy.
  const keepsBackup = restored === null && after !== null;
  const backup = files.replace({ path, before, after, keepsBackup });
  if (restored !== null) files.removeBackup(restored.path);
  return { diff, isChanged: true, isRefused: false, backup };
}
