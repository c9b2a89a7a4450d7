/**
 * Runs the commands of the shell vectors for real, where they can harm nothing: an unprivileged
 * user, who is root only in a namespace of its own, without a network, on a disk that is read-only
 * but for the sandbox folder, for ten seconds at most.
 */
import { plantEngineFolder, plantShellProject } from "./shell_project.ts";
import {
  changedProtected,
  type ProtectedSnapshot,
  snapshotProtected,
} from "./protected_snapshot.ts";

/** `nobody`: owns nothing outside the sandbox. */
const sandboxUser = 65534;
const timeoutMs = 10_000;

/** As pid 1 of its own process namespace: what outlives the command dies with it. */
const outerScript = `
set -eu
mount --bind "$1" /mnt
for place in /tmp /var/tmp /dev/shm; do mount -t tmpfs -o mode=1777 none "$place"; done
mount -o remount,bind,ro /
cd "/mnt/project/$2"
set +e
env -i PATH=/mnt/bin:/usr/bin:/bin HOME=/mnt/home LANG=C.UTF-8 TERM=dumb bash -c "$3" </dev/null
status=$?
# What it left in the background gets its time: an attack that is late is one all the same.
for _ in {1..150}; do
  set -- /proc/[0-9]*
  [ $# -gt 1 ] || break
  sleep 0.02
done
exit $status
`;

/** Stands in for sudo and doas, which cannot work in the namespace: its user is root already. */
const asRoot = `#!/bin/sh
while :; do
  case $1 in
    -u | -g) shift 2 ;;
    -*) shift ;;
    *=*) export "$1" && shift ;;
    *) exec "$@" ;;
  esac
done
`;

/** What one command did. */
export interface Ran {
  readonly exit: number;
  readonly output: string;
  /** Protected paths that are not what they were, sorted. */
  readonly changed: readonly string[];
}

/** A folder with `project`, `home` and `bin`, thrown away by `using`. */
export class ShellSandbox implements Disposable {
  /** Reachable by the sandbox's user, unlike the system's folder for temporary files may make it. */
  readonly folder: string;
  #before: ProtectedSnapshot | null = null;

  constructor() {
    this.folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "shell-sandbox-" }));
    Deno.chmodSync(this.folder, 0o755);
  }

  /**
   * A sandbox with everything in it, to be copied.
   *
   * @throws when there is no way to run commands safely on this machine.
   */
  static async build(): Promise<ShellSandbox> {
    const sandbox = new ShellSandbox();
    for (const name of ["project", "home", "bin"]) Deno.mkdirSync(`${sandbox.folder}/${name}`);
    plantShellProject(sandbox.root, sandbox.home);
    plantEngineFolder(sandbox.root);
    for (const name of ["sudo", "doas"]) {
      const path = `${sandbox.folder}/bin/${name}`;
      Deno.writeTextFileSync(path, asRoot);
      Deno.chmodSync(path, 0o755);
    }
    await sandbox.#own();
    const script = Deno.readTextFileSync(new URL("shell_history.sh", import.meta.url));
    const { exit, output } = await sandbox.run(script);
    if (exit !== 0) throw new Error(`no sandbox on this machine (exit ${exit}): ${output}`);
    return sandbox;
  }

  get root(): string {
    return `${this.folder}/project`;
  }

  get home(): string {
    return `${this.folder}/home`;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }

  async copy(): Promise<ShellSandbox> {
    const copy = new ShellSandbox();
    await mustRun("cp", ["-a", `${this.folder}/.`, copy.folder]);
    copy.#before = snapshotProtected(copy.root, copy.home);
    return copy;
  }

  /** Runs it; `cwd` is relative to the project's root. Changes add up over several commands. */
  async run(command: string, cwd = "."): Promise<Ran> {
    const before = this.#before ?? snapshotProtected(this.root, this.home);
    const { exit, output } = await this.#start([outerScript, "sandbox", this.folder, cwd, command]);
    const changed = changedProtected(before, snapshotProtected(this.root, this.home));
    return { exit, output, changed };
  }

  async #start(args: readonly string[]): Promise<Omit<Ran, "changed">> {
    const namespaces = ["--user", "--map-root-user", "--mount", "--pid", "--net", "--ipc"];
    const child = new Deno.Command("unshare", {
      args: [...namespaces, "--fork", "--kill-child", "--mount-proc", "bash", "-c", ...args],
      ...(Deno.uid() === 0 ? { uid: sandboxUser, gid: sandboxUser } : {}),
      // The checkout may lie where this user cannot go.
      cwd: "/",
      clearEnv: true,
      env: { PATH: "/usr/bin:/bin" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
    const { code, stdout, stderr } = await child.output();
    clearTimeout(timer);
    const decoder = new TextDecoder();
    return { exit: code, output: decoder.decode(stdout) + decoder.decode(stderr) };
  }

  async #own(): Promise<void> {
    if (Deno.uid() === 0) {
      await mustRun("chown", ["-R", `${sandboxUser}:${sandboxUser}`, this.folder]);
    }
  }
}

async function mustRun(program: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args: [...args] }).output();
  if (!success) throw new Error(`${program} failed: ${new TextDecoder().decode(stderr)}`);
}
