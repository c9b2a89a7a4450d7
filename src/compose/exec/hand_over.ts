/**
 * What a program is told about the engine beside it: where it is, its key, and a token, by files.
 *
 * SECURITY: a token in the environment would show in `env`, in dumps of crashed programs and in
 * whatever logs its variables, and would reach every process below; a path tells nothing.
 *
 * @module
 */
import type { Layout } from "../../adapter/layout.ts";
import { EngineError } from "../../core/errors.ts";
import type { LaunchUsers } from "./plan_users.ts";

export interface HandOver {
  /** For the program's environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** Made for this; null where nothing was made. */
  readonly folder: string | null;
  /** Takes the folder away. */
  readonly remove: () => void;
}

/** Where folders go that end with the machine, or the container. */
const places = ["/run", "/tmp"] as const;

/** @throws {EngineError} `exec_failed` when there is no place for the token, or it cannot be copied. */
export function handOver(layout: Layout, users: LaunchUsers, port: number): HandOver {
  // There client.json says it all, and a variable that named a road would be refused.
  if (layout.guard !== null) return { variables: {}, folder: null, remove: () => {} };
  const own = { token: `${layout.tokensFolder}/agent`, key: `${layout.keysFolder}/server.pub` };
  if (users.isSame) {
    return { variables: variablesOf(layout, port, own), folder: null, remove: () => {} };
  }
  const folder = makeFolder();
  const remove = () => Deno.removeSync(folder, { recursive: true });
  try {
    const variables = variablesOf(layout, port, copyInto(folder, own, users.childUid));
    return { variables, folder, remove };
  } catch (cause) {
    // SECURITY: nobody would take it away later.
    remove();
    throw new EngineError("exec_failed", "Cannot hand the program its token and key", {
      hint: "root needs CAP_CHOWN for it (cap_add: [CHOWN]); a guarded install needs no copies",
      cause,
    });
  }
}

interface Files {
  readonly token: string;
  readonly key: string;
}

function copyInto(folder: string, own: Files, uid: number): Files {
  const copy = { token: `${folder}/token`, key: `${folder}/server.pub` };
  Deno.writeFileSync(copy.token, Deno.readFileSync(own.token), { mode: 0o400, createNew: true });
  Deno.chownSync(copy.token, uid, null);
  Deno.writeFileSync(copy.key, Deno.readFileSync(own.key), { mode: 0o444, createNew: true });
  Deno.chmodSync(copy.key, 0o444);
  Deno.chmodSync(folder, 0o755);
  return copy;
}

function variablesOf(
  { root }: Layout,
  port: number,
  files: Files,
): Record<string, string> {
  return {
    SCALPEL_ROOT: root === "" ? "/" : root,
    SCALPEL_SERVER: `http://127.0.0.1:${port}`,
    SCALPEL_TOKEN_FILE: files.token,
    SCALPEL_SERVER_KEY_FILE: files.key,
  };
}

function makeFolder(): string {
  for (const dir of places) {
    try {
      return Deno.makeTempDirSync({ dir, prefix: "sealward-" });
    } catch {
      // A root file system that is read-only: the next place.
    }
  }
  throw new EngineError("exec_failed", `Cannot make a folder in ${places.join(" or ")}`, {
    hint: "mount a tmpfs there: the program's token is handed over in it",
  });
}
