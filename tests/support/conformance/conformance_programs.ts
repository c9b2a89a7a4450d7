/** Programs of the conformance comparison, at exact versions and under a lock of their own. */
const lock = new URL("../mcp_conformance.lock", import.meta.url).pathname;
const fixtures = new URL("../../e2e/fixtures/conformance/", import.meta.url).pathname;

/** The official suite; it knows both revisions from 0.2.0-alpha.10 on. */
const suite = "npm:@modelcontextprotocol/conformance@0.2.0-alpha.12";
const everything = "npm:@modelcontextprotocol/server-everything@2026.8.31";

/** A program under this Deno, as a command line. */
function run(program: string, args: readonly string[]): readonly string[] {
  const flags = ["--quiet", "--no-config", "--no-prompt", "-A", "--frozen", `--lock=${lock}`];
  return [Deno.execPath(), "run", ...flags, program, ...args];
}

export function runSuite(args: readonly string[]): readonly string[] {
  return run(suite, args);
}

/** A program of tests/e2e/fixtures/conformance, which loads the SDK. */
export function runFixture(name: "server" | "client"): readonly string[] {
  return run(`${fixtures}${name}.ts`, []);
}

/** The client with the proxy before it: a program of this project, and nothing of npm. */
export function runProxiedClient(args: readonly string[]): readonly string[] {
  const config = new URL("../../../deno.json", import.meta.url).pathname;
  const flags = ["--quiet", `--config=${config}`, "--frozen", "--no-prompt", "-P=tests"];
  return [Deno.execPath(), "run", ...flags, `${fixtures}proxied_client.ts`, ...args];
}

export interface RunningServer extends AsyncDisposable {
  readonly url: string;
}

async function start(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  port: RegExp,
): Promise<RunningServer> {
  const [program = "", ...args] = command;
  const child = new Deno.Command(program, {
    ...{ args, env: { ...env }, stdin: "null", stdout: "piped", stderr: "piped" },
  }).spawn();
  const found = Promise.withResolvers<string>();
  let said = "";
  const read = async (stream: ReadableStream<Uint8Array>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      said += text;
      const digits = port.exec(said)?.[1];
      if (digits !== undefined) found.resolve(digits);
    }
  };
  const reading = Promise.all([read(child.stdout), read(child.stderr)])
    .then(() => found.reject(new Error(`${command.join(" ")} ended: ${said}`)));
  reading.catch(() => {});
  const digits = await found.promise;
  return {
    url: `http://127.0.0.1:${digits}/mcp`,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await child.status;
      await reading;
    },
  };
}

/** The fixture, made with the official SDK. */
export async function startFixture(): Promise<RunningServer> {
  return await start(runFixture("server"), {}, /^(\d+)\n/);
}

/** @modelcontextprotocol/server-everything, over Streamable HTTP. */
export async function startEverything(): Promise<RunningServer> {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  const env = { PORT: String(port) };
  return await start(run(everything, ["streamableHttp"]), env, /listening on port (\d+)/);
}
