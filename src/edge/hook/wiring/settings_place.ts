/**
 * Where a host's settings lie, for each of the people who may write them.
 *
 * @module
 */
import { EngineError } from "../../../core/errors.ts";
import type { HostName } from "./hook_line.ts";
import { hostWirings } from "./host_wirings.ts";
import type { Scope } from "./scope.ts";

export function defaultScopeOf(host: HostName): Scope {
  return hostWirings[host].scopes[0];
}

/** Whether the settings lie in the checkout, and their line names its root. */
export function isInCheckout(scope: Scope): boolean {
  return scope === "local" || scope === "project";
}

/** Whether install keeps every other hook from running there. */
export function isExclusive(host: HostName, scope: Scope): boolean {
  return scope === "managed" && hostWirings[host].isExclusive === true;
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
  const { scopes: known, files } = hostWirings[host];
  const file = files[scope];
  if (!known.includes(scope) || file === undefined) {
    throw new EngineError("usage", `Cannot use --scope ${scope}: ${host} has no such settings`, {
      hint: `give one of ${known.join(", ")}`,
    });
  }
  const form = file.endsWith(".toml") ? "toml" : "json";
  if (scope === "managed") return { scope, path: file, form };
  const base = isInCheckout(scope) ? bases.root : bases.userFolder(host);
  if (base === null) {
    throw new EngineError("usage", "Cannot find the user's settings: HOME is not set", {
      hint: "set HOME to an absolute path, or use --scope project",
    });
  }
  return { scope, path: `${base}/${file}`, form };
}

/** Every place of a host that can be named here. */
export function placesOf(host: HostName, bases: PlaceBases): readonly SettingsPlace[] {
  const known = hostWirings[host].scopes.filter((scope) =>
    scope !== "user" || bases.userFolder(host) !== null
  );
  return known.map((scope) => placeOf(host, scope, bases));
}

/** Files that may switch the hooks off and are no place to hold them. */
export function switchFilesOf(
  host: HostName,
  { root, userFolder }: PlaceBases,
): readonly string[] {
  return hostWirings[host].switchFiles(root, userFolder(host));
}
