/**
 * Users of this machine: looked up, made, and asked what they can reach. Programs are run directly,
 * by their full path, with an empty environment; no shell reads a name.
 *
 * @module
 */
import { EngineError, oneLine } from "../core/errors.ts";

export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Absolute; null when the list names none. */
  readonly home: string | null;
}

/** The user with a name, or with a uid in digits; null when nobody has it. */
export function findUser(named: string): SystemUser | null {
  const isUid = /^[0-9]{1,10}$/.test(named);
  const found = readUsers().find(({ name, uid }) => isUid ? uid === Number(named) : name === named);
  if (found !== undefined || !isUid) return found ?? null;
  // A container may give a process a uid that no list names.
  return { name: named, uid: Number(named), gid: Number(named), home: null };
}

function readUsers(): readonly SystemUser[] {
  return Deno.readTextFileSync("/etc/passwd").split("\n").flatMap((line) => {
    const [name = "", , uid = "", gid = "", , home = ""] = line.split(":");
    if (name === "" || !/^[0-9]+$/.test(uid) || !/^[0-9]+$/.test(gid)) return [];
    const isPlain = /^\/[^/]/.test(home) && !/\/(?:\.{0,2}\/|\.{1,2}$)|\/$/.test(home);
    return [{ name, uid: Number(uid), gid: Number(gid), home: isPlain ? home : null }];
  });
}

/**
 * Makes a system user that nobody can log in as.
 *
 * @param home Is not created.
 * @throws {EngineError} `wrong_user` when neither useradd nor adduser is there, or it fails.
 */
export function createSystemUser(name: string, home: string): SystemUser {
  const shell = "/usr/sbin/nologin";
  const ways: readonly (readonly [string, readonly string[]])[] = [
    ["/usr/sbin/useradd", [
      ...["--system", "--user-group", "--no-create-home", "--home-dir", home],
      ...["--shell", shell, name],
    ]],
    ["/usr/sbin/adduser", [
      ...["--system", "--group", "--no-create-home", "--home", home, "--shell", shell, name],
    ]],
  ];
  const way = ways.find(([program]) => isProgram(program));
  const said = way === undefined ? "neither useradd nor adduser is there" : runQuietly(...way).said;
  const user = findUser(name);
  if (user !== null) return user;
  throw new EngineError("wrong_user", `Cannot make the user "${name}": ${oneLine(said, 200)}`, {
    hint: `make a system user of that name without a login shell, then run this again`,
  });
}

/** What a user is asked to be able to do at a path, as test(1) names it. */
export type Reach = "-r" | "-w" | "-x";

/**
 * Whether a user, with the groups it has, can reach a path: asked of the kernel as that user.
 *
 * @throws {EngineError} `wrong_user` when nobody can be asked.
 */
export function canReach({ name, uid, gid }: SystemUser, reach: Reach, path: string): boolean {
  const setpriv = "/usr/bin/setpriv";
  if (!isProgram(setpriv)) {
    throw new EngineError("wrong_user", `Cannot look as "${name}": ${setpriv} is missing`, {
      hint: "install util-linux",
    });
  }
  // A uid that no list names has no groups to look up.
  const groups = name === String(uid) ? "--clear-groups" : "--init-groups";
  const drop = [`--reuid=${uid}`, `--regid=${gid}`, groups];
  return runQuietly(setpriv, [...drop, "/usr/bin/test", reach, path]).isDone;
}

function isProgram(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function runQuietly(
  program: string,
  args: readonly string[],
): { readonly isDone: boolean; readonly said: string } {
  const { success, stderr } = new Deno.Command(program, {
    args: [...args],
    clearEnv: true,
    cwd: "/",
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).outputSync();
  return { isDone: success, said: new TextDecoder().decode(stderr).trim() };
}
