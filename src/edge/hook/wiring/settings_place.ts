/**
 * Where a host's settings lie, for each of the people who may write them.
 *
 * @module
 */
import { EngineError } from "../../../core/errors.ts";
import type { HostName } from "./hook_line.ts";

/** Who the settings are for: everybody in a checkout, one user, everybody on the machine. */
export const scopes = ["project", "user", "managed"] as const;
export type Scope = typeof scopes[number];

/** A settings file; absolute path. */
export interface SettingsPlace {
  readonly scope: Scope;
  readonly path: string;
  readonly form: "json" | "toml";
}

/** What the places are relative to; absolute, without trailing slash. */
export interface PlaceBases {
  readonly root: string;
  /** A host's own folder of this user, as `~/.claude`; null when none is known. */
  readonly userFolder: (host: HostName) => string | null;
}

/** @throws {EngineError} `usage` for the user's scope without a home. */
export function placeOf(host: HostName, scope: Scope, bases: PlaceBases): SettingsPlace {
  if (scope === "managed") return managedPlaces[host];
  const { folder, file } = names[host];
  const base = scope === "project" ? `${bases.root}/${folder}` : bases.userFolder(host);
  if (base === null) {
    throw new EngineError("usage", "Cannot find the user's settings: HOME is not set", {
      hint: "set HOME to an absolute path, or use --scope project",
    });
  }
  return { scope, path: `${base}/${file}`, form: "json" };
}

/** Every place of a host that can be named here. */
export function placesOf(host: HostName, bases: PlaceBases): readonly SettingsPlace[] {
  const known = scopes.filter((scope) => scope !== "user" || bases.userFolder(host) !== null);
  return known.map((scope) => placeOf(host, scope, bases));
}

const names: Readonly<Record<HostName, { readonly folder: string; readonly file: string }>> = {
  "claude-code": { folder: ".claude", file: "settings.json" },
  "codex": { folder: ".codex", file: "hooks.json" },
};

const managedPlaces: Readonly<Record<HostName, SettingsPlace>> = {
  "claude-code": {
    scope: "managed",
    path: "/etc/claude-code/managed-settings.json",
    form: "json",
  },
  "codex": { scope: "managed", path: "/etc/codex/requirements.toml", form: "toml" },
};

/** Files that may switch the hooks off without holding them. */
export function switchFilesOf(
  host: HostName,
  { root, userFolder }: PlaceBases,
): readonly string[] {
  const file = host === "claude-code" ? "settings.local.json" : "config.toml";
  const folders = [`${root}/${names[host].folder}`, userFolder(host)];
  return folders.filter((folder) => folder !== null).map((folder) => `${folder}/${file}`);
}
