/**
 * Which installs of this machine are guarded, and which of them a question is for.
 *
 * SECURITY: nothing an agent says moves this road. A working folder in a guarded root belongs to that
 * root, whatever flags and variables name; they may only repeat it.
 *
 * @module
 */
import { type Guard, guardedLayoutOf, installIdOf, realRoot } from "../../adapter/layout.ts";
import { openPlainFile, readLimited } from "../../adapter/plain_file.ts";
import { requireTrustedPlace } from "../../adapter/trusted_place.ts";
import { EngineError, oneLine } from "../../core/errors.ts";
import { type GuardedInstall, parseClientFile } from "../../core/integrity/client_file.ts";
import { decodeUtf8 } from "../../core/strict_json.ts";
import { type Guards, secretVariables, type Surroundings } from "../environment.ts";

/** More than the longest list takes. */
const maxClientFileBytes = 1_048_576;

/** Variables that name a root's road, its log's secret or an approver's: refused in a guarded root. */
const roadVariables = [
  "SCALPEL_SERVER",
  "SCALPEL_TOKEN_FILE",
  "SCALPEL_SERVER_KEY_FILE",
  ...secretVariables,
] as const;

/**
 * Reads client.json. Total: what stands against it is thrown at every use, so that it is said in the
 * form the command answers in.
 */
export function readGuards(path: string): Guards {
  try {
    return guardsOf(readClientFile(path));
  } catch (error) {
    const refuse = () => {
      throw error;
    };
    return { installs: refuse, find: refuse, layoutFor: refuse };
  }
}

/** The guards of these installs. */
export function guardsOf(installs: readonly GuardedInstall[]): Guards {
  return {
    installs: () => installs,
    find: (surroundings, root) => findGuard(installs, surroundings, root),
    layoutFor: (surroundings, root) => {
      const guard = findGuard(installs, surroundings, root);
      if (guard === null) return null;
      refuseVariables(surroundings, guard);
      return guardedLayoutOf(guard);
    },
  };
}

/**
 * The installs a client.json names.
 *
 * @throws {EngineError} `guard_unsafe` unless it is root's, writable by nobody else, with every
 *   folder above it, and of its form.
 */
export function readClientFile(path: string): readonly GuardedInstall[] {
  requireTrustedPlace(path, { owners: [0], kind: "file" });
  const installs = parseClientFile(decodeUtf8(readBytes(path), "guard_unsafe"));
  const odd = installs.find(({ id, root }) => id !== installIdOf(root));
  if (odd === undefined) return installs;
  throw new EngineError("guard_unsafe", `Cannot use ${path}: an id is not its root's`, {
    hint: "put the file back as `sealward init --guarded` wrote it",
  });
}

function readBytes(path: string): Uint8Array {
  try {
    const { file } = openPlainFile(path, { read: true });
    try {
      const bytes = readLimited(file, maxClientFileBytes);
      if (bytes !== null) return bytes;
    } finally {
      file.close();
    }
  } catch (cause) {
    throw new EngineError("guard_unsafe", `Cannot read ${path}`, { cause });
  }
  throw new EngineError("guard_unsafe", `Cannot use ${path}: over ${maxClientFileBytes} bytes`);
}

function findGuard(
  installs: readonly GuardedInstall[],
  surroundings: Surroundings,
  root: string | null,
): Guard | null {
  const { uid, cwd } = surroundings;
  const here = findAround(installs, cwd);
  const named = root ?? surroundings.variable("SCALPEL_ROOT") ?? "";
  if (named === "") return here === null ? null : asGuard(here, uid);
  const real = realRoot(named.startsWith("/") ? named : `${cwd}/${named}`);
  const there = findAround(installs, real);
  if (there !== null && there.root !== real) throw inside(real, there);
  // Who may read every root's log anyway may stand where they like while they name one.
  const isAdmin = there !== null && (uid === 0 || uid === there.engineUid);
  if (here !== null && here.root !== real && !isAdmin) throw elsewhere(real, here);
  return there === null ? null : asGuard(there, uid);
}

function asGuard(install: GuardedInstall, uid: number | null): Guard {
  return { ...install, isEngine: uid === install.engineUid };
}

/** The nearest guarded root at or above a real path. */
function findAround(
  installs: readonly GuardedInstall[],
  path: string,
): GuardedInstall | null {
  const around = installs.filter(({ root }) => path === root || path.startsWith(`${root}/`));
  return around.toSorted((a, b) => b.root.length - a.root.length)[0] ?? null;
}

function refuseVariables({ variable }: Surroundings, { root }: Guard): void {
  const set = roadVariables.filter((name) => (variable(name) ?? "") !== "");
  if (set.length === 0) return;
  throw new EngineError("usage", `Cannot use ${set.join(", ")}: ${shown(root)} is guarded`, {
    hint: "unset it: client.json alone says who decides here",
  });
}

function elsewhere(real: string, { root }: GuardedInstall): EngineError {
  return new EngineError("usage", `Cannot use the root ${shown(real)}: ${shown(root)} is guarded`, {
    hint: "the working folder belongs to the guarded root: leave out --root and SCALPEL_ROOT",
  });
}

function inside(real: string, { root }: GuardedInstall): EngineError {
  return new EngineError("usage", `Cannot use ${shown(real)} as a root: it is in a guarded one`, {
    hint: `name ${shown(root)}`,
  });
}

function shown(path: string): string {
  return `"${oneLine(path || "/", 200)}"`;
}
