/**
 * The process's surroundings, read once before permissions are given up.
 *
 * @module
 */
import {
  findRoot,
  type Guard,
  guardedConfigFolder,
  type Layout,
  layoutOf,
  proposalOf,
  type StateHome,
} from "../adapter/layout.ts";
import type { GuardedInstall } from "../core/integrity/client_file.ts";
import { openTrustedKeys, type ReadTrustedKeys } from "../adapter/trusted_keys.ts";

/** Variables that hold a secret, or say where one lies. */
export const secretVariables = [
  "SCALPEL_AUDIT_SECRET",
  "SCALPEL_AUDIT_SECRET_FILE",
  "SCALPEL_AUDIT_SECRET_FD",
  "SCALPEL_TOTP_SECRET",
  "SCALPEL_TOTP_SECRET_FILE",
  "SCALPEL_TOTP_SECRET_FD",
] as const;

/** Variables the program looks at; one list, so that help and doctor can name them. */
export const knownVariables = [
  "SCALPEL_ROOT",
  ...secretVariables,
  "SCALPEL_SERVER",
  "SCALPEL_TOKEN_FILE",
  "SCALPEL_SERVER_KEY_FILE",
  "CREDENTIALS_DIRECTORY",
  "HOME",
  "XDG_STATE_HOME",
  "NO_COLOR",
  "FORCE_COLOR",
  "CLICOLOR_FORCE",
  "TERM",
  "COLUMNS",
  "LANG",
  "LC_ALL",
  "LC_CTYPE",
] as const;

/** Variables that change what the runtime does before our first line runs. */
export const suspiciousVariables = [
  "DENO_SERVE_ADDRESS",
  "DENO_TRUST_PROXY_HEADERS",
  "DENO_INTERNAL_CHILD_ENTRYPOINT",
  "NODE_CHANNEL_FD",
  "NODE_OPTIONS",
  "DENO_V8_FLAGS",
  "OTEL_DENO",
  "LD_PRELOAD",
  "LD_LIBRARY_PATH",
] as const;

/** Looked at when `exec` did not find a program; never passed to an engine. */
export const searchVariable = "PATH";

/** Variables by which agents' hosts move a user's settings; read by `hook install|status` only. */
export const hostVariables = [
  "CLAUDE_CONFIG_DIR",
  "CODEX_HOME",
  "GEMINI_CLI_HOME",
  "COPILOT_HOME",
] as const;

/** Variables that send a client's requests elsewhere: removed before its first one. */
export const proxyVariables = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "http_proxy",
  "https_proxy",
  "all_proxy",
] as const;

export interface Surroundings {
  readonly variable: (name: string) => string | undefined;
  readonly uid: number | null;
  readonly cwd: string;
  /** Null on a machine without client.json. */
  readonly guards: Guards | null;
  /** See openTrustedKeys; one reader for the whole process. */
  readonly readTrustedKeys: ReadTrustedKeys;
}

/** Guarded installs of this machine. Every method throws `guard_unsafe` where they cannot be known. */
export interface Guards {
  readonly installs: () => readonly GuardedInstall[];
  /**
   * The install that a root as given, or the working folder, belongs to; null when none does.
   *
   * @throws {EngineError} `usage` when what is named would lead away from the working folder's.
   */
  readonly find: (surroundings: Surroundings, root: string | null) => Guard | null;
  /** The same as a layout; refuses variables that name another road, too. */
  readonly layoutFor: (surroundings: Surroundings, root: string | null) => Layout | null;
}

/** Written by `init --guarded`, read by every client. */
export const clientFile = `${guardedConfigFolder}/client.json`;

/** Reads everything now; later the environment may be out of reach. */
export function readSurroundings(guards: Guards | null): Surroundings {
  const values = new Map<string, string>();
  for (const name of [...knownVariables, ...suspiciousVariables]) {
    const value = readVariable(name);
    if (value !== undefined) values.set(name, value);
  }
  return {
    variable: (name) => values.get(name),
    uid: readUid(),
    cwd: Deno.cwd(),
    guards,
    readTrustedKeys: openTrustedKeys(),
  };
}

/** SECURITY: only a file that is not there means "nothing is guarded". */
export function isMissing(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return false;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}

function readVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    // Not granted, as in a library host: the same as not set.
    return undefined;
  }
}

function readUid(): number | null {
  try {
    return Deno.uid();
  } catch {
    return null;
  }
}

/** Where state lives for this user. */
export function stateHomeOf({ variable, uid }: Surroundings): StateHome {
  return { uid, home: variable("HOME"), xdgStateHome: variable("XDG_STATE_HOME") };
}

/**
 * The layout for a root as given, from SCALPEL_ROOT, or found upward from the working folder.
 *
 * @throws {EngineError} `usage`, `guard_unsafe`; see Guards.
 */
export function findLayout(surroundings: Surroundings, root: string | null): Layout {
  return surroundings.guards?.layoutFor(surroundings, root) ?? findLocal(surroundings, root);
}

function findLocal(surroundings: Surroundings, root: string | null): Layout {
  const named = root ?? surroundings.variable("SCALPEL_ROOT");
  const start = named === undefined || named === "" ? findRoot(surroundings.cwd) : named;
  return layoutOf(start, stateHomeOf(surroundings));
}

/**
 * The workspace's own `.scalpel/`: what is in force in a local install, what is proposed in a guarded
 * one.
 */
export function findProposal(surroundings: Surroundings, root: string | null): Layout {
  const layout = findLayout(surroundings, root);
  return layout.guard === null ? layout : { ...layout, ...proposalOf(layout.root) };
}
