/** `sealward exec` while it runs: what it says, whom it started, signals to it. */
import { waitUntilGone } from "./process_tree.ts";
import { compiled, type Outcome, type Program, type Project } from "./sealward.ts";

export interface ExecOptions {
  readonly program?: Program;
  /** Words before the program, as `unshare`; it then is the first process that is started. */
  readonly through?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export class ExecRun implements AsyncDisposable {
  readonly child: Deno.ChildProcess;
  stdout = "";
  stderr = "";
  readonly #read: Promise<unknown>;

  /** @param args Behind `exec`. */
  constructor(project: Project, args: readonly string[], options: ExecOptions = {}) {
    const { program = compiled, through = [], env = {} } = options;
    const [name = "", ...rest] = [...through, ...program.command, "exec", ...args];
    this.child = new Deno.Command(name, {
      args: rest,
      cwd: project.root,
      clearEnv: true,
      env: { HOME: project.home, PATH: "/usr/bin:/bin", ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#read = Promise.all([
      this.#follow(this.child.stdout, (text) => this.stdout += text),
      this.#follow(this.child.stderr, (text) => this.stderr += text),
    ]);
  }

  async #follow(stream: ReadableStream<Uint8Array>, add: (text: string) => void): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) add(text);
  }

  /** Waits until the program has said it; throws when everything ended, or 15 s passed, without. */
  async until(said: string | RegExp): Promise<void> {
    const start = performance.now();
    while (!(typeof said === "string" ? this.stdout.includes(said) : said.test(this.stdout))) {
      if (performance.now() - start > 15_000) {
        throw new Error(`not said: ${said}; ${this.stdout}${this.stderr}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Its end, with all that was said. */
  async end(): Promise<Outcome> {
    const { code } = await this.child.status;
    await this.#read;
    return { exit: code, stdout: this.stdout, stderr: this.stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await waitUntilGone([this.child.pid], 10_000);
  }
}
