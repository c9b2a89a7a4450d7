/**
 * Where everything of one install lies. The state folder is named after the root's real path, so
 * that two checkouts never share keys.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { EngineError } from "../core/errors.ts";
import type { GuardedInstall } from "../core/integrity/client_file.ts";
import { sha256 } from "../core/integrity/sha256.ts";

/** Absolute paths of one install. */
export interface Layout {
  readonly root: string;
  /** `.scalpel` */
  readonly policyFolder: string;
  readonly policyPath: string;
  readonly logPath: string;
  readonly sidePath: string;
  readonly stateFolder: string;
  readonly recordPath: string;
  readonly keysFolder: string;
  readonly tokensFolder: string;
  /** The one part of the state folder the engine writes while it runs. */
  readonly markFolder: string;
  /** Null for a local install. */
  readonly guard: Guard | null;
}

/** A guarded install, as this process stands to it. */
export interface Guard extends GuardedInstall {
  /** Whether this process runs as the engine's user: nobody else opens log and keys. */
  readonly isEngine: boolean;
}

/** What of the environment says where state lives. */
export interface StateHome {
  readonly uid: number | null;
  readonly home: string | undefined;
  readonly xdgStateHome: string | undefined;
}

/**
 * The layout of the install at `root`.
 *
 * @param logPath Another place for the log than `.scalpel/audit.log`, absolute.
 * @throws {EngineError} `not_initialized` when no home is known to keep state in.
 */
export function layoutOf(root: string, home: StateHome, logPath?: string): Layout {
  const { root: real, policyFolder } = policyPlaceOf(root);
  const log = logPath ?? `${policyFolder}/audit.log`;
  const name = log === `${policyFolder}/audit.log` ? real : log;
  const id = installIdOf(name);
  const stateFolder = `${stateBase(home)}/${id}`;
  return { ...placesIn({ root: real, policyFolder, logPath: log, stateFolder }), guard: null };
}

/** Where root keeps what the agents of a machine are judged by. */
export const guardedConfigFolder = "/etc/sealward";
/** Where engines of their own users keep keys and logs; root's local installs lie there too. */
export const systemStateFolder = "/var/lib/sealward";

/** The layout of a guarded install: nothing of it lies in the workspace. */
export function guardedLayoutOf(guard: Guard): Layout {
  const stateFolder = `${systemStateFolder}/${guard.id}`;
  const policyFolder = `${guardedConfigFolder}/${guard.id}`;
  const logPath = `${stateFolder}/audit.log`;
  return { ...placesIn({ root: guard.root, policyFolder, logPath, stateFolder }), guard };
}

/** A project's own `.scalpel/`: in a guarded root only a proposal, which an agent may have written. */
export function proposalOf(root: string): Pick<Layout, "policyFolder" | "policyPath"> {
  const { policyFolder } = policyPlaceOf(root);
  return { policyFolder, policyPath: `${policyFolder}/policy.yaml` };
}

/** All places of an install, from the four that are chosen. */
export function placesIn(
  chosen: Pick<Layout, "root" | "policyFolder" | "logPath" | "stateFolder">,
): Omit<Layout, "guard"> {
  const { policyFolder, logPath, stateFolder } = chosen;
  return {
    ...chosen,
    policyPath: `${policyFolder}/policy.yaml`,
    sidePath: `${logPath}.d`,
    recordPath: `${stateFolder}/install.json`,
    keysFolder: `${stateFolder}/keys`,
    tokensFolder: `${stateFolder}/tokens`,
    markFolder: `${stateFolder}/log`,
  };
}

/** Name of a root's folders: 32 hex digits of the SHA-256 of its real path. */
export function installIdOf(realPath: string): string {
  return encodeHex(sha256(new TextEncoder().encode(realPath))).slice(0, 32);
}

/** The policy's folder in a checkout; what stands there need not belong to an install. */
export function policyPlaceOf(root: string): Pick<Layout, "root" | "policyFolder"> {
  const real = realRoot(root);
  const policyFolder = `${real}/.scalpel`;
  refuseLink(policyFolder);
  return { root: real, policyFolder };
}

// SECURITY: through a link the engine's files have a second path that no pattern knows.
function refuseLink(policyFolder: string): void {
  try {
    if (!Deno.lstatSync(policyFolder).isSymlink) return;
  } catch {
    return;
  }
  throw new EngineError(
    "policy_unreadable",
    `Cannot use "${policyFolder}": it is a symbolic link`,
    {
      hint: "make it a folder of its own",
    },
  );
}

/** Real path of a root as named; empty for the root of the disk. @throws {EngineError} `usage`. */
export function realRoot(root: string): string {
  try {
    const real = Deno.realPathSync(root);
    return real === "/" ? "" : real;
  } catch (error) {
    throw new EngineError("usage", `Cannot use the root "${root}": it is not there`, {
      hint: "name an existing folder with --root",
      cause: error,
    });
  }
}

/** The folder of all state folders of this user. */
export function stateBase(home: StateHome): string {
  if (home.uid === 0) return systemStateFolder;
  // The XDG specification: a relative path there is invalid and must be ignored.
  if (home.xdgStateHome?.startsWith("/")) return `${home.xdgStateHome}/sealward`;
  if (home.home?.startsWith("/")) return `${home.home}/.local/state/sealward`;
  throw new EngineError("not_initialized", "Cannot find a state folder: HOME is not set", {
    hint: "set HOME or XDG_STATE_HOME to an absolute path",
  });
}

/**
 * The nearest folder at or above `start` that holds `.scalpel`, else `start` itself.
 */
export function findRoot(start: string): string {
  for (let folder = start;; folder = folder.slice(0, folder.lastIndexOf("/"))) {
    try {
      if (Deno.statSync(`${folder}/.scalpel`).isDirectory) return folder === "" ? "/" : folder;
    } catch {
      // Not here: look above.
    }
    if (folder === "") return start;
  }
}
