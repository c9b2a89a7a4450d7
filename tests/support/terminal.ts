/** A program on a terminal of its own: what it shows is read, what a person types is written. */

/** Copies between its own streams and a new terminal, and ends as the program did. */
const bridge = `import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))`;

export class Terminal implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #ended: Promise<unknown>;
  /** Everything shown so far. */
  shown = "";

  constructor(
    command: readonly string[],
    options: { readonly cwd: string; readonly env: Record<string, string> },
  ) {
    // Wide enough for a QR code; afterwards it says how the terminal was left.
    const script = 'stty cols 120 rows 60; "$0" "$@"; status=$?; stty -a; exit $status';
    this.#child = new Deno.Command("python3", {
      args: ["-c", bridge, "sh", "-c", script, ...command],
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
      ...options,
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#ended = this.#read();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stdout) {
      this.shown += decoder.decode(chunk, { stream: true });
    }
  }

  /** Waits until it is shown; throws what was shown instead after some seconds. */
  async waitFor(text: string, timeoutMs = 20_000): Promise<void> {
    const end = performance.now() + timeoutMs;
    while (!this.shown.includes(text)) {
      if (performance.now() > end) throw new Error(`never showed "${text}": ${this.shown}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async type(keys: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(keys));
  }

  /** Exit status of the program. */
  async end(): Promise<number> {
    const { code } = await this.#child.status;
    await this.#ended;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It ended already.
    }
    await this.#writer.close().catch(() => {});
    await this.#child.status;
    await this.#ended;
  }
}
