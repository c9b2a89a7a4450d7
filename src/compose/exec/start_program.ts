/**
 * Starts the program itself.
 *
 * @module
 */
import { EngineError, oneLine } from "../../core/errors.ts";
import { searchVariable, secretVariables } from "../environment.ts";
import type { LaunchUsers } from "./plan_users.ts";

/**
 * Starts it in this process's group and on its terminal, so that a shell's job control reaches it.
 * The runtime drops supplementary groups when it becomes another user, and with root's uid its
 * capabilities go.
 *
 * @throws {EngineError} `exec_missing`, `exec_refused`, `exec_failed`; nothing was started.
 */
export function startProgram(
  command: readonly string[],
  users: LaunchUsers,
  variables: Readonly<Record<string, string>>,
): Deno.ChildProcess {
  const [program = "", ...args] = command;
  for (const name of [...secretVariables, "CREDENTIALS_DIRECTORY"]) Deno.env.delete(name);
  const { child } = users;
  const become = child === null ? {} : { uid: child.uid, gid: child.gid };
  const home: Record<string, string> = child === null ? {} : { HOME: child.home ?? "/" };
  try {
    return new Deno.Command(program, {
      args: [...args],
      env: { ...home, ...variables },
      ...become,
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn();
  } catch (error) {
    throw explain(program, error);
  }
}

/**
 * Holds that signals reach it: a container may have taken that power from root.
 *
 * @throws {EngineError} `exec_failed`; it runs, and only the end of a container ends it.
 */
export function requireReach(program: Pick<Deno.ChildProcess, "kill">): void {
  try {
    // Nobody minds this one.
    program.kill("SIGURG");
  } catch (cause) {
    if (!(cause instanceof Deno.errors.PermissionDenied)) return;
    throw new EngineError("exec_failed", "Cannot send signals to the program", {
      hint: "give the container CAP_KILL (cap_add: [KILL]): without it nothing ends the program",
      cause,
    });
  }
}

function explain(program: string, cause: unknown): EngineError {
  const shown = `"${oneLine(program, 200)}"`;
  if (cause instanceof Deno.errors.NotFound) {
    // As a shell does: what is there and cannot be run is another matter.
    if (!program.includes("/") && isOnPath(program)) return unfit(shown, cause);
    const hint = "look at the name, at PATH, and at the interpreter its first line names";
    return new EngineError("exec_missing", `Cannot find the program ${shown}`, { hint, cause });
  }
  const { FilesystemLoop, NotADirectory, PermissionDenied } = Deno.errors;
  if ([FilesystemLoop, NotADirectory, PermissionDenied].some((kind) => cause instanceof kind)) {
    return unfit(shown, cause);
  }
  // ENOEXEC; the runtime has no name for it.
  if (cause instanceof Error && cause.message.endsWith("(os error 8)")) {
    return noProgram(shown, cause);
  }
  const why = oneLine(cause instanceof Error ? cause.message : String(cause), 200);
  return new EngineError("exec_failed", `Cannot start the program ${shown}: ${why}`, { cause });
}

function unfit(shown: string, cause: unknown): EngineError {
  if (cause instanceof Error && "code" in cause && cause.code === "EPERM") {
    return new EngineError("exec_refused", "Cannot become another user: it is not permitted", {
      hint: "give the container CAP_SETUID and CAP_SETGID (cap_add: [SETUID, SETGID, KILL])",
      cause,
    });
  }
  return new EngineError(
    "exec_refused",
    `Cannot run ${shown}: it is a folder, or may not be executed`,
    {
      hint:
        "its user needs the right to execute it, to enter the working folder, and all above both",
      cause,
    },
  );
}

/** As another user the C library starts it by /bin/sh, which is its custom, and harmless. */
function noProgram(shown: string, cause: unknown): EngineError {
  return new EngineError(
    "exec_refused",
    `Cannot run ${shown}: it is neither a program nor names one`,
    {
      hint: 'a script begins with its interpreter, as "#!/bin/sh"; a program is of this machine',
      cause,
    },
  );
}

function isOnPath(name: string): boolean {
  const folders = (Deno.env.get(searchVariable) ?? "").split(":").filter((folder) => folder !== "");
  return folders.some((folder) => {
    try {
      return Deno.statSync(`${folder}/${name}`) !== null;
    } catch {
      return false;
    }
  });
}
