/** One run of sandbox_parent.ts: a sealed engine and its sandbox, as processes. */
import { descendantsOf } from "./process_tree.ts";

/** What it said of one word. */
export interface SaidOfCheck {
  readonly word: string;
  readonly code: string;
  readonly ms: number;
}

/** Starts it with permissions like those of the program, which it then gives up. */
export class SandboxRun {
  readonly #child: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(role: string, command: readonly string[], words: readonly string[]) {
    const script = new URL("./sandbox_parent.ts", import.meta.url).pathname;
    const flags = ["--no-prompt", "--quiet", "--allow-read", "--allow-write=/", "--allow-run"];
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", ...flags, script, role, ...command, "--", ...words],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#lines = linesOf(this.#child.stdout)[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Itself not among them. */
  descendants(): readonly number[] {
    return descendantsOf(this.pid);
  }

  /** The next line that is about a check. */
  async next(): Promise<SaidOfCheck> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) throw new Error("It ended");
      const said = JSON.parse(value);
      if ("word" in said) return said;
    }
  }

  /** Ends it without a word of warning. */
  async kill(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It is gone already.
    }
    while (!(await this.#lines.next()).done);
    await this.#child.status;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream() as never)) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
