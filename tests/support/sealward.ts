/**
 * Runs the product as a stranger would: the compiled binary, and the same bundle under Deno, each
 * in a throw-away project with a throw-away state folder.
 */
import { compileFlags } from "../../scripts/compile_flags.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
export const binaryPath = `${root}/dist/sealward`;

/** A way to start the program. */
export interface Program {
  readonly name: string;
  readonly command: readonly string[];
}

export const compiled: Program = { name: "compiled", command: [binaryPath] };

const target = {
  knowsUnixAddresses: false,
  socketPath: "/run/sealward/sealward.sock",
  extraHosts: [],
};
export const bundled: Program = {
  name: "bundle on Deno",
  command: [
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-config",
    ...compileFlags(target),
    `${root}/dist/stage/main.js`,
  ],
};

/** Both ways: what holds must hold on both. */
export const programs: readonly Program[] = [compiled, bundled];

/** What one run did. */
export interface Outcome {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly program?: Program;
  readonly stdin?: string | Uint8Array<ArrayBuffer>;
  /** Added to an otherwise almost empty environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A project folder with its own state folder; removed by `using`. */
export class Project implements Disposable {
  readonly folder: string;
  readonly root: string;
  readonly home: string;

  /** @param neighbour Another project of the same user. */
  constructor(neighbour: Project | null = null) {
    this.folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "sealward-" }));
    this.root = `${this.folder}/project`;
    this.home = neighbour?.home ?? `${this.folder}/home`;
    Deno.mkdirSync(`${this.root}/src`, { recursive: true });
    Deno.mkdirSync(this.home, { recursive: true });
  }

  [Symbol.dispose](): void {
    removeStateOf(this.root);
    try {
      Deno.removeSync(this.folder, { recursive: true });
    } catch {
      // A policy that was locked as root is immutable.
      new Deno.Command("chattr", { args: ["-R", "-i", this.folder], stderr: "null" }).outputSync();
      Deno.removeSync(this.folder, { recursive: true });
    }
  }

  path(name: string): string {
    return `${this.root}/${name}`;
  }

  write(name: string, text: string): void {
    Deno.mkdirSync(this.path(name).replace(/\/[^/]*$/, ""), { recursive: true });
    Deno.writeTextFileSync(this.path(name), text);
  }

  read(name: string): string {
    return Deno.readTextFileSync(this.path(name));
  }

  /** Makes a locked file writable again, as its owner can. */
  overwrite(name: string, text: string): void {
    Deno.chmodSync(this.path(name), 0o644);
    Deno.writeTextFileSync(this.path(name), text);
  }

  async run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const [program = "", ...before] = (options.program ?? compiled).command;
    const child = new Deno.Command(program, {
      args: [...before, ...args],
      cwd: options.cwd ?? this.root,
      clearEnv: true,
      env: { HOME: this.home, PATH: "/usr/bin:/bin", ...options.env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    const { stdin = "" } = options;
    const bytes = typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin;
    // A program that does not read its input may be gone already.
    await writer.write(bytes).then(() => writer.close()).catch(() => {});
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    return { exit: code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }

  /** Runs and parses the JSON document on stdout. */
  async json(
    args: readonly string[],
    options: RunOptions = {},
  ): Promise<{ readonly exit: number; readonly value: Record<string, unknown> }> {
    const { exit, stdout, stderr } = await this.run([...args, "--format", "json"], options);
    try {
      return { exit, value: JSON.parse(stdout) };
    } catch {
      throw new Error(`Not JSON on stdout (exit ${exit}): ${stdout}\n${stderr}`);
    }
  }

  /** `init --guide`; throws when it fails. */
  async init(args: readonly string[] = ["--guide"], options: RunOptions = {}): Promise<void> {
    const { exit, stderr } = await this.run(["init", ...args], options);
    if (exit !== 0) throw new Error(`init failed with ${exit}: ${stderr}`);
  }

  /** The state folder of this install. */
  stateFolder(): string {
    const found = findState(this.root, `${this.home}/.local/state/sealward`) ??
      findState(this.root, "/var/lib/sealward");
    if (found === null) throw new Error("no state folder for this project");
    return found;
  }
}

// Root keeps state in /var/lib: a test that ran as root must not leave it there.
export function removeStateOf(project: string): void {
  const found = findState(project, "/var/lib/sealward");
  if (found !== null) Deno.removeSync(found, { recursive: true });
}

function findState(project: string, base: string): string | null {
  for (const folder of listFolders(base)) {
    if (rootOf(folder) === project) return folder;
  }
  return null;
}

function listFolders(base: string): readonly string[] {
  try {
    return [...Deno.readDirSync(base)].map(({ name }) => `${base}/${name}`);
  } catch {
    return [];
  }
}

// Another test may be making or removing its own install right now.
function rootOf(folder: string): string | null {
  try {
    return JSON.parse(Deno.readTextFileSync(`${folder}/install.json`)).root;
  } catch {
    return null;
  }
}
