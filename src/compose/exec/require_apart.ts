/**
 * What must hold of the disk before a program is started: nobody else may have made the engine, and
 * a program of another user may not read what the engine knows.
 *
 * @module
 */
import type { Layout } from "../../adapter/layout.ts";
import { listDescriptors } from "../../adapter/list_descriptors.ts";
import { findPlaceFault } from "../../adapter/trusted_place.ts";
import { EngineError, oneLine } from "../../core/errors.ts";
import type { Surroundings } from "../environment.ts";
import type { LaunchUsers } from "./plan_users.ts";

/** Group and others. */
const anyOfOthers = 0o077;

/**
 * Looks at the binary, and at keys, tokens and secrets.
 *
 * @returns What lessens the promise, one sentence each.
 * @throws {EngineError} `exec_refused`.
 */
export function requireApart(
  { variable }: Surroundings,
  layout: Layout,
  users: LaunchUsers,
): readonly string[] {
  requireOwnBinary(users);
  for (const name of ["SCALPEL_AUDIT_SECRET_FD", "SCALPEL_TOTP_SECRET_FD"]) {
    // SECURITY: the runtime hands open descriptors on, and closes none of ours.
    if ((variable(name) ?? "") !== "") throw inherited(name);
  }
  if (users.isSame) return [];
  const secrets = [
    layout.stateFolder,
    ...["SCALPEL_AUDIT_SECRET_FILE", "SCALPEL_TOTP_SECRET_FILE", "CREDENTIALS_DIRECTORY"]
      .map((name) => variable(name) ?? "").filter((path) => path.startsWith("/")),
  ];
  for (const path of secrets) {
    if (!isShut(path, users.childUid)) throw open(path, users.childUid);
  }
  const rest = layout.guard === null
    ? findLooseEnds(layout, users)
    : findStranger(layout.guard, users);
  return [...findInherited(users), ...rest];
}

function requireOwnBinary({ self, engineUid, childUid, isSame }: LaunchUsers): void {
  // Under `deno run` the program is Deno, which is nobody's to guard here.
  if (!Deno.build.standalone) return;
  const owners = [0, self, engineUid].filter((uid) => isSame || uid !== childUid);
  const rules = { owners, kind: "file", allowsSticky: true } as const;
  const fault = findPlaceFault(Deno.realPathSync(Deno.execPath()), rules);
  if (fault === null) return;
  throw new EngineError(
    "exec_refused",
    `Cannot trust the program at "${oneLine(fault.path)}": ${fault.why}`,
    { hint: fault.fix ?? "install it where only root can write, as /usr/local/bin" },
  );
}

/** Whether a path, or a folder above it, is closed to everybody but an owner who is not `uid`. */
function isShut(path: string, uid: number): boolean {
  const real = realPath(path);
  if (real === null) return false;
  const parts = real.split("/");
  return parts.some((_, index) => {
    const info = Deno.lstatSync(parts.slice(0, index + 1).join("/") || "/");
    return info.uid !== uid && ((info.mode ?? 0o777) & anyOfOthers) === 0;
  });
}

function realPath(path: string): string | null {
  try {
    return Deno.realPathSync(path);
  } catch {
    return null;
  }
}

/** In a local install policy and log lie in the workspace, which is often the program's own. */
function findLooseEnds({ policyFolder }: Layout, { self, childUid }: LaunchUsers) {
  const fault = findPlaceFault(policyFolder, { owners: [0, self], kind: "folder" });
  return fault === null ? [] : [
    `uid ${childUid} may be able to move or remove ${
      oneLine(policyFolder)
    }: that is found by the ` +
    "next check, not prevented; a guarded install keeps policy and log elsewhere",
  ];
}

/** Whoever started us may mean it, as systemd does with sockets. */
function findInherited({ childUid }: LaunchUsers): readonly string[] {
  const open = listDescriptors();
  return open.length === 0 ? [] : [
    `uid ${childUid} inherits what is open here: descriptor ${open.slice(0, 16).join(", ")}`,
  ];
}

function findStranger({ agentUid }: { readonly agentUid: number }, { childUid }: LaunchUsers) {
  return childUid === agentUid
    ? []
    : [`uid ${childUid} cannot ask: this install's agent is uid ${agentUid}`];
}

function inherited(name: string): EngineError {
  return new EngineError("exec_refused", `Cannot use ${name}: the program would inherit it`, {
    hint: "give the secret as a file that only the engine's user can read",
  });
}

function open(path: string, uid: number): EngineError {
  const shown = oneLine(path, 200);
  return new EngineError("exec_refused", `Cannot hide "${shown}" from uid ${uid}`, {
    hint: "chmod go-rwx it, or a folder above it, and let it belong to the engine's user",
  });
}
