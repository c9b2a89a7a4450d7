/** A client that speaks MCP line by line to a program, and remembers everything it is told. */
export interface McpMessage {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown> & {
    readonly content?: readonly { readonly text: string }[];
    readonly isError?: boolean;
    readonly tools?: readonly { readonly name: string; readonly description: string }[];
  };
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

export interface McpStart {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

const waitMs = 20_000;

export class McpClient implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<unknown>;
  readonly #waiting: {
    readonly test: (message: McpMessage) => boolean;
    readonly resolve: (m: McpMessage) => void;
  }[] = [];
  /** Lines as they came. */
  readonly lines: string[] = [];
  stderr = "";
  /** Hears of each request of the server. */
  onRequest: (message: McpMessage) => void = () => {};
  #next = 1;

  constructor({ command: [program = "", ...args], cwd, env }: McpStart) {
    this.#child = new Deno.Command(program, {
      ...{ args, cwd, env: { ...env }, clearEnv: true },
      ...{ stdin: "piped", stdout: "piped", stderr: "piped" },
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#reading = Promise.all([this.#readLines(), this.#readErrors()]);
  }

  get pid(): number {
    return this.#child.pid;
  }

  get messages(): readonly McpMessage[] {
    return this.lines.map((line) => JSON.parse(line));
  }

  async send(bytes: string | Uint8Array): Promise<void> {
    await this.#writer.write(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
  }

  async tell(message: object): Promise<void> {
    await this.send(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  }

  /** Sends a request and waits for its answer. */
  async ask(
    method: string,
    params: object = {},
    id: string | number = this.#next++,
  ): Promise<McpMessage> {
    const answer = this.when((message) => message.id === id && message.method === undefined);
    await this.tell({ id, method, params });
    return await answer;
  }

  async call(name: string, input: object = {}): Promise<McpMessage> {
    return await this.ask("tools/call", { name, arguments: input });
  }

  /** As a client of 2025-11-25 begins. */
  async begin(capabilities: object = {}): Promise<McpMessage> {
    const clientInfo = { name: "test", version: "1" };
    const answer = await this.ask("initialize", {
      ...{ protocolVersion: "2025-11-25", capabilities, clientInfo },
    });
    await this.tell({ method: "notifications/initialized" });
    return answer;
  }

  /** The next message that passes. */
  async when(test: (message: McpMessage) => boolean): Promise<McpMessage> {
    const { promise, resolve } = Promise.withResolvers<McpMessage>();
    this.#waiting.push({ test, resolve });
    const late = Promise.withResolvers<never>();
    const fail = () => late.reject(new Error(`no such message; stderr: ${this.stderr}`));
    const timer = setTimeout(fail, waitMs);
    try {
      return await Promise.race([promise, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  async closeInput(): Promise<void> {
    await this.#writer.close().catch(() => {});
  }

  /** Waits for the end, and everything said before it. */
  async end(): Promise<number> {
    await this.closeInput();
    const { code } = await this.#child.status;
    await this.#reading;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  async #readLines(): Promise<void> {
    let rest = "";
    for await (const chunk of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#take(line);
    }
    if (rest !== "") this.#take(rest);
  }

  #take(line: string): void {
    this.lines.push(line);
    const message = JSON.parse(line);
    const found = this.#waiting.findIndex(({ test }) => test(message));
    if (found !== -1) this.#waiting.splice(found, 1)[0]?.resolve(message);
    if (message.method !== undefined && message.id !== undefined) this.onRequest(message);
  }

  async #readErrors(): Promise<void> {
    for await (const chunk of this.#child.stderr.pipeThrough(new TextDecoderStream())) {
      this.stderr += chunk;
    }
  }
}

/** What the model reads of an answer. */
export function textOf({ result, error }: McpMessage): string {
  return result?.content?.[0]?.text ?? error?.message ?? "";
}
