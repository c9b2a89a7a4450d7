/**
 * Where a host's settings lie, for each of the people who may write them.
 *
 * @module
 */
import { EngineError } from "../../../core/errors.ts";
import type { HostName } from "./hook_line.ts";

/**
 * Who the settings are for: one user in a checkout, everybody in a checkout, one user everywhere,
 * everybody on the machine.
 */
export const scopes = ["local", "project", "user", "managed"] as const;
export type Scope = typeof scopes[number];

/** The first is the default. Codex has no file in a checkout that is one user's. */
const scopesByHost: Readonly<Record<HostName, readonly [Scope, ...Scope[]]>> = {
  // The line names this machine's paths, and a project's file is one that teams commit.
  "claude-code": ["local", "project", "user", "managed"],
  "codex": ["project", "user", "managed"],
};

export function defaultScopeOf(host: HostName): Scope {
  return scopesByHost[host][0];
}

/** Whether the settings lie in the checkout, and their line names its root. */
export function isInCheckout(scope: Scope): boolean {
  return scope === "local" || scope === "project";
}

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

/** @throws {EngineError} `usage` for a scope the host does not have, the user's without a home. */
export function placeOf(host: HostName, scope: Scope, bases: PlaceBases): SettingsPlace {
  const known = scopesByHost[host];
  if (!known.includes(scope)) {
    throw new EngineError("usage", `Cannot use --scope ${scope}: ${host} has no such settings`, {
      hint: `give one of ${known.join(", ")}`,
    });
  }
  if (scope === "managed") return managedPlaces[host];
  const { folder, file, localFile } = names[host];
  if (scope === "local") {
    return { scope, path: `${bases.root}/${folder}/${localFile}`, form: "json" };
  }
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
  const known = scopesByHost[host].filter((scope) =>
    scope !== "user" || bases.userFolder(host) !== null
  );
  return known.map((scope) => placeOf(host, scope, bases));
}

interface FileNames {
  readonly folder: string;
  readonly file: string;
  /** Not for committing; empty where there is none. */
  readonly localFile: string;
}

const names: Readonly<Record<HostName, FileNames>> = {
  "claude-code": { folder: ".claude", file: "settings.json", localFile: "settings.local.json" },
  "codex": { folder: ".codex", file: "hooks.json", localFile: "" },
};

const managedPlaces: Readonly<Record<HostName, SettingsPlace>> = {
  "claude-code": {
    scope: "managed",
    path: "/etc/claude-code/managed-settings.json",
    form: "json",
  },
  "codex": { scope: "managed", path: "/etc/codex/requirements.toml", form: "toml" },
};

/** Files that may switch the hooks off and are no place to hold them. */
export function switchFilesOf(
  host: HostName,
  { root, userFolder }: PlaceBases,
): readonly string[] {
  const folder = userFolder(host);
  if (host === "claude-code") return folder === null ? [] : [`${folder}/settings.local.json`];
  const folders = [`${root}/${names[host].folder}`, folder].filter((each) => each !== null);
  return folders.map((each) => `${each}/config.toml`);
}
