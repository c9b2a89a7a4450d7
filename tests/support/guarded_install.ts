/**
 * A guarded install with real users, in mount and network namespaces of its own: `/etc`, `/var/lib`,
 * `/srv` and `/usr/local/bin` are private to it, and so are all ports. Nothing of the machine
 * changes, and it all ends with the test. Needs root, unshare, nsenter, setpriv, ip and useradd.
 *
 *     await using install = await GuardedInstall.create();     // init --guarded, guide's policy
 *     await install.serve();                                    // the engine, as its own user
 *     const { exit } = await install.agent(["check", "--type", "file_write", "--file", "src/a.ts"]);
 *
 * Who runs a command is a {@link Who}: `agent` owns the workspace, `engine` is the user that init
 * made, `stranger` is neither, `root` is root. Paths below are the same for all of them.
 */
import { assertEquals } from "@std/assert";
import { binaryPath, type Outcome } from "./sealward.ts";

export type Who = "root" | "agent" | "engine" | "stranger";

/** The project, the agent's home, a place for root's keys, and the program, as everybody sees them. */
export const guardedRoot = "/srv/app";
export const agentHome = "/srv/home";
export const keysPlace = "/srv/keys";
export const guardedProgram = "/usr/local/bin/sealward";
export const agentUid = 64_102;
const strangerUid = 64_103;

export interface RunAsOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the project. */
  readonly cwd?: string;
  readonly stdin?: string;
  /** Default: a home and a PATH. */
  readonly clearEnv?: boolean;
}

export interface GuardedOptions {
  /** Trusts a key and signs the first policy as version 1; else the guide's is accepted. */
  readonly isSigned?: boolean;
  /** Text of the first policy; default the guide's. */
  readonly policy?: string;
  /** Leaves the install to the test: users, program and workspace are there, nothing else. */
  readonly isBare?: boolean;
}

/** A server that runs. */
export interface RunningEngine {
  readonly pid: number;
  readonly said: () => string;
  /** Sends a signal and waits; the exit status. */
  readonly end: (signal?: Deno.Signal) => Promise<number>;
}

/** Reads: $0 the binary, $1 a new folder. */
const setUp = `
set -e
private() { mount -t tmpfs -o mode=755 none "$1"; }
private "$1"
cp -a /etc/. "$1"
chmod 755 "$1"
rm -rf "$1/sealward" "$1"/systemd/system/sealward-*
mount --bind "$1" /etc
private /var/lib
private /srv
private /usr/local/bin
touch /usr/local/bin/sealward
mount --bind "$0" /usr/local/bin/sealward
ip link set lo up
useradd -K UID_MAX=65000 --uid ${agentUid} --user-group --no-create-home --home-dir ${agentHome} agent
useradd -K UID_MAX=65000 --uid ${strangerUid} --user-group --no-create-home --home-dir /srv/stranger stranger
mkdir -m 755 ${guardedRoot} ${guardedRoot}/src ${agentHome} ${agentHome}/own /srv/stranger
mkdir -m 700 ${keysPlace}
chown -R agent:agent ${guardedRoot} ${agentHome}
chown stranger:stranger /srv/stranger
echo ready
exec sleep 900
`;

export class GuardedInstall implements AsyncDisposable {
  readonly #holder: Deno.ChildProcess;
  readonly #folder: string;
  readonly #engines: RunningEngine[] = [];

  private constructor(holder: Deno.ChildProcess, folder: string) {
    this.#holder = holder;
    this.#folder = folder;
  }

  /** Makes users, workspace and, unless `isBare`, the install; no server runs yet. */
  static async create(options: GuardedOptions = {}): Promise<GuardedInstall> {
    const folder = Deno.makeTempDirSync({ prefix: "sealward-guarded-" });
    const args = ["-m", "-n", "--propagation", "private", "sh", "-c", setUp, binaryPath, folder];
    const command = new Deno.Command("unshare", { args, stdout: "piped", stderr: "inherit" });
    const holder = command.spawn();
    const reader = holder.stdout.getReader();
    const { done } = await reader.read();
    await reader.cancel();
    if (done) throw new Error("the namespaces could not be set up");
    const install = new GuardedInstall(holder, folder);
    try {
      if (options.policy !== undefined) await install.propose(options.policy);
      if (options.isSigned === true) await install.trustNewKey("policy");
      if (options.isSigned === true) await install.signProposal(1);
      if (options.isBare !== true) await install.init();
      return install;
    } catch (error) {
      await install[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** `init --guarded`; throws when it fails. */
  async init(args: readonly string[] = []): Promise<void> {
    const isThere = await this.exists(`${guardedRoot}/.scalpel/policy.yaml`);
    const how = isThere ? ["--yes"] : ["--guide"];
    await this.must("root", ["sealward", "init", "--guarded", "--agent", "agent", ...how, ...args]);
  }

  /** Runs any program as a user; an absolute path, or a name on the PATH. */
  async run(who: Who, command: readonly string[], options: RunAsOptions = {}): Promise<Outcome> {
    const [program = "", ...args] = this.command(who, command, options);
    const child = new Deno.Command(program, {
      args,
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    const bytes = new TextEncoder().encode(options.stdin ?? "");
    await writer.write(bytes).then(() => writer.close()).catch(() => {});
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    return { exit: code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }

  /** The argv that runs a program as a user in the namespaces, for who spawns it himself. */
  command(
    who: Who,
    command: readonly string[],
    { env = {}, cwd = guardedRoot, clearEnv = false }: RunAsOptions = {},
  ): readonly string[] {
    const drop = who === "root" ? [] : [
      "/usr/bin/setpriv",
      `--reuid=${who === "engine" ? "sealward" : who}`,
      `--regid=${who === "engine" ? "sealward" : who}`,
      "--init-groups",
      "--inh-caps=-all",
      "--",
    ];
    const home = { agent: agentHome, stranger: "/srv/stranger", root: "/root", engine: "/" }[who];
    const basics = { PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin", HOME: home };
    const variables = Object.entries(clearEnv ? env : { ...basics, ...env });
    return [
      ...["/usr/bin/nsenter", "-t", String(this.#holder.pid), "-m", "-n", "--", ...drop],
      ...["/usr/bin/env", "-i", "-C", cwd, ...variables.map(([name, value]) => `${name}=${value}`)],
      ...(command[0] === "sealward" ? [guardedProgram, ...command.slice(1)] : command),
    ];
  }

  /** The program as the agent, with these arguments. */
  agent(args: readonly string[], options: RunAsOptions = {}): Promise<Outcome> {
    return this.run("agent", ["sealward", ...args], options);
  }

  /** A decision as the agent gets it, with the exit status; throws for what is not JSON. */
  async ask(
    args: readonly string[],
    options: RunAsOptions & { readonly who?: Who } = {},
    // deno-lint-ignore no-explicit-any -- tests reach into whatever came
  ): Promise<{ readonly exit: number; readonly value: any }> {
    const command = ["sealward", ...args, "--format", "json"];
    const { exit, stdout, stderr } = await this.run(options.who ?? "agent", command, options);
    try {
      return { exit, value: JSON.parse(stdout) };
    } catch {
      throw new Error(`Not JSON (exit ${exit}): ${stdout}\n${stderr}`);
    }
  }

  /** `check` of one write, as the agent. */
  check(
    file = "src/app.ts",
    options: RunAsOptions & { readonly who?: Who } = {},
  ): ReturnType<GuardedInstall["ask"]> {
    return this.ask(["check", "--type", "file_write", "--file", file], options);
  }

  /** Runs and throws unless it ends with 0; returns what it wrote. */
  async must(who: Who, command: readonly string[], options: RunAsOptions = {}): Promise<string> {
    const { exit, stdout, stderr } = await this.run(who, command, options);
    assertEquals(exit, 0, `${who}: ${command.join(" ")}: ${stdout}${stderr}`);
    return stdout;
  }

  /** A script of sh, as a user; throws unless it ends with 0. */
  shell(who: Who, script: string): Promise<string> {
    return this.must(who, ["sh", "-c", script]);
  }

  async exists(path: string): Promise<boolean> {
    return (await this.run("root", ["test", "-e", path])).exit === 0;
  }

  read(path: string): Promise<string> {
    return this.must("root", ["cat", path]);
  }

  /** Every path below the install's places with owner, mode and content's hash, for comparing. */
  snapshot(): Promise<string> {
    return this.shell(
      "root",
      `find /etc/sealward /var/lib/sealward /etc/systemd/system \\( -name 'audit.log*' -o -name log \\) -prune -o ` +
        `-type f -exec stat -c '%n %u:%g %a' {} + -exec sha256sum {} + | sort`,
    );
  }

  /** What client.json says of the install. */
  async client(): Promise<Record<string, string & number>> {
    return JSON.parse(await this.read("/etc/sealward/client.json")).installs[0];
  }

  async policyFolder(): Promise<string> {
    return `/etc/sealward/${(await this.client()).id}`;
  }

  async stateFolder(): Promise<string> {
    return `/var/lib/sealward/${(await this.client()).id}`;
  }

  /** Writes the workspace's policy, as the agent: a proposal. */
  async propose(text: string, name = "policy.yaml"): Promise<void> {
    const path = `${guardedRoot}/.scalpel/${name}`;
    const script = `mkdir -p "$(dirname "$0")" && cat > "$0"`;
    await this.must("agent", ["sh", "-c", script, path], { stdin: text });
  }

  /** Makes a signing key of root's and trusts it; `name` tells keys apart. */
  async trustNewKey(name: string): Promise<string> {
    const key = await this.newKey(name);
    await this.shell(
      "root",
      `mkdir -p -m 755 /etc/sealward && cat ${key}.pub >> /etc/sealward/trusted_keys`,
    );
    return key;
  }

  async newKey(name: string): Promise<string> {
    const key = `${keysPlace}/${name}`;
    await this.must("root", ["sealward", "policy", "keygen", key], { cwd: keysPlace });
    return key;
  }

  /** Signs the proposal as root, who holds the key. */
  async signProposal(version: number, args: readonly string[] = []): Promise<void> {
    const sign = ["policy", "sign", "--yes"];
    sign.push("--policy-version", String(version));
    const key = args.includes("--key") ? [] : ["--key", `${keysPlace}/policy`];
    // Else a proposal without a former manifest would be another project's.
    const project = args.includes("--project") ? [] : ["--project", "app"];
    const backtest = args.includes("--backtest") ? [] : ["--without-backtest"];
    await this.must("root", ["sealward", ...sign, ...key, ...project, ...backtest, ...args]);
  }

  /** `policy install --yes` as root, whatever comes of it. */
  installPolicy(): Promise<Outcome> {
    return this.run("root", ["sealward", "policy", "install", "--yes"]);
  }

  /** Starts the server as its unit does, and waits until it listens. */
  async serve(): Promise<RunningEngine> {
    const { port } = await this.portOf();
    const serve = ["sealward", "serve", "--root", guardedRoot, "--port", port];
    const command = this.command("engine", serve, { clearEnv: true, cwd: "/" });
    const [program = "", ...args] = command;
    const child = new Deno.Command(program, {
      args: [...args],
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let said = "";
    const listening = Promise.withResolvers<void>();
    const reading = (async () => {
      for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
        said += text;
        if (said.includes("listening on")) listening.resolve();
      }
      listening.reject(new Error(`serve ended: ${said}`));
    })();
    let isOver = false;
    const end = async (signal: Deno.Signal = "SIGTERM") => {
      if (!isOver) child.kill(signal);
      isOver = true;
      const { code } = await child.status;
      await reading;
      return code;
    };
    const engine = { pid: child.pid, said: () => said, end };
    this.#engines.push(engine);
    await listening.promise.catch(async (error) => {
      isOver = true;
      await child.status;
      throw error;
    });
    return engine;
  }

  async portOf(): Promise<{ readonly port: string }> {
    const { server } = await this.client();
    return { port: String(server).split(":").at(-1) ?? "" };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const engine of this.#engines) await engine.end("SIGKILL").catch(() => {});
    this.#holder.kill("SIGKILL");
    await this.#holder.status;
    Deno.removeSync(this.#folder, { recursive: true });
  }
}
