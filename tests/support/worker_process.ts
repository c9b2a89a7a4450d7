/** A child process that says a line for each thing it was acknowledged. */
import { denoScript } from "./deno_script.ts";
import type { Project } from "./sealward.ts";

export class WorkerProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #stderr: Promise<string>;
  readonly #reading: Promise<void>;
  readonly #started = Promise.withResolvers<void>();
  #said = "";

  constructor(project: Project, ...args: readonly string[]) {
    const [program = "", ...before] = denoScript("install_worker.ts");
    this.#child = new Deno.Command(program, {
      args: [...before, project.root, ...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#stderr = new Response(this.#child.stderr).text();
    this.#reading = this.#read();
  }

  /** It has said something, or has ended. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
  }

  /** Numbers of acknowledged entries; throws for a line that is none, unless it was killed. */
  async acknowledged(): Promise<readonly number[]> {
    await this.#reading;
    const { signal } = await this.#child.status;
    const lines = this.#said.split("\n").slice(0, -1);
    const other = lines.find((line) => !/^(?:\d+|rotated)$/.test(line));
    const stderr = await this.#stderr;
    if (other !== undefined || (signal === null && stderr !== "")) {
      throw new Error(`a worker failed: ${other} ${stderr}`);
    }
    return lines.filter((line) => line !== "rotated").map(Number);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.#child.status;
    await this.#reading;
    await this.#stderr;
  }

  async #read(): Promise<void> {
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      this.#said += text;
      this.#started.resolve();
    }
    this.#started.resolve();
  }
}
