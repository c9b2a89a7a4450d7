/** The server in surroundings that mean it harm, and beside other writers. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { binaryPath, Project } from "../support/sealward.ts";

const operation = JSON.stringify({ type: "file_write", affected_files: ["src/app.ts"] });

interface ServerOptions {
  /** What stands before the binary on the command line. */
  readonly wrapper?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A server of a fresh install; stops and removes everything when disposed. */
class Server implements AsyncDisposable {
  readonly project: Project;
  readonly port: number;
  readonly #token: string;
  readonly #child: Deno.ChildProcess;
  readonly #stderr: ReadableStreamDefaultReader<string>;

  private constructor(
    project: Project,
    port: number,
    child: Deno.ChildProcess,
    stderr: ReadableStreamDefaultReader<string>,
  ) {
    this.project = project;
    this.port = port;
    this.#token = Deno.readTextFileSync(`${project.stateFolder()}/tokens/agent`).trim();
    this.#child = child;
    this.#stderr = stderr;
  }

  static async start({ wrapper = [], env = {} }: ServerOptions = {}): Promise<Server> {
    using opened = new DisposableStack();
    const project = opened.use(new Project());
    await project.init();
    const [program = "", ...args] = [...wrapper, binaryPath, "serve", "--port", "0"];
    const child = new Deno.Command(program, {
      args,
      cwd: project.root,
      clearEnv: true,
      env: { HOME: project.home, PATH: "/usr/bin:/bin", ...env },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const stderr = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    let said = "";
    for (;;) {
      const { value, done } = await stderr.read();
      if (done) throw new Error(`the server ended: ${said}`);
      said += value;
      const port = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (port === undefined) continue;
      opened.move();
      return new Server(project, Number(port), child, stderr);
    }
  }

  /** The server itself; a wrapper has become it, or is its parent. */
  get pid(): number {
    return this.#child.pid;
  }

  async check(headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return await fetch(`http://127.0.0.1:${this.port}/v1/check`, {
      method: "POST",
      headers: {
        "authorization": `Bearer ${this.#token}`,
        "content-type": "application/json",
        ...headers,
      },
      body: operation,
    });
  }

  async assertAllows(headers: Readonly<Record<string, string>> = {}): Promise<void> {
    const answer = await this.check(headers);
    assertEquals(answer.status, 200);
    assertEquals((await answer.json()).decision, "allow");
  }

  async stop(): Promise<number> {
    this.#child.kill("SIGTERM");
    while (!(await this.#stderr.read()).done);
    return (await this.#child.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop().catch(() => {});
    this.project[Symbol.dispose]();
  }
}

/** Local addresses a process listens on, of every kind of socket. */
async function listeners(server: Server): Promise<readonly string[]> {
  const program = { name: "ss", command: ["ss"] };
  const { stdout } = await server.project.run(["-lntuxpH"], { program });
  return stdout.split("\n").filter((line) => line.includes(`pid=${server.pid},`))
    .map((line) => line.trim().split(/\s+/)[4] ?? "");
}

/** Counts the connections that are made to it. */
class Collector implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  connections = 0;

  constructor() {
    void this.#accept();
  }

  get url(): string {
    return `http://127.0.0.1:${this.#listener.addr.port}`;
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      this.connections++;
      connection.close();
    }
  }

  [Symbol.dispose](): void {
    this.#listener.close();
  }
}

/** Variables that change what the runtime's own server does. */
const hostile: readonly Readonly<Record<string, string>>[] = [
  { DENO_SERVE_ADDRESS: "tcp:0.0.0.0:1" },
  { DENO_SERVE_ADDRESS: "duplicate,tcp:0.0.0.0:47813" },
  { DENO_SERVE_ADDRESS: "unix:/tmp/sealward-never" },
  { DENO_TRUST_PROXY_HEADERS: "1" },
  { DENO_TRUST_PROXY_HEADERS: "1", DENO_SERVE_ADDRESS: "duplicate,tcp:0.0.0.0:47813" },
];

describe("serve", () => {
  for (const env of hostile) {
    it(`BIN-01 BIN-02 listens on one loopback port under ${JSON.stringify(env)}`, async () => {
      await using server = await Server.start({ env });
      assertEquals(await listeners(server), [`127.0.0.1:${server.port}`]);
      await server.assertAllows({ "x-deno-client-address": "garbage" });
      await server.assertAllows({ "x-forwarded-for": "garbage", "forwarded": 'for="_x"' });
      await server.assertAllows();
    });
  }

  it("BIN-04 sends no telemetry, whatever OTEL_* says", async () => {
    using collector = new Collector();
    const env = {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_METRIC_EXPORT_INTERVAL: "100",
      OTEL_BSP_SCHEDULE_DELAY: "100",
      OTEL_BLRP_SCHEDULE_DELAY: "100",
    };
    await using server = await Server.start({ env });
    await server.assertAllows();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await server.stop();
    assertEquals(collector.connections, 0);
  });

  it("HTTP-29 FLT-11 answers again after 200 idle connections took its descriptors", async () => {
    await using server = await Server.start({ wrapper: ["prlimit", "--nofile=32"] });
    await server.assertAllows();
    const address = { hostname: "127.0.0.1", port: server.port };
    const attempts = Array.from({ length: 200 }, () => Deno.connect(address));
    // Turned away while the listener is lost, or kept: either way its descriptors ran out.
    const idle = (await Promise.allSettled(attempts)).filter((each) => each.status === "fulfilled");
    assert(idle.length < 200, "the limit was reached");
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (const { value } of idle) value.close();
    const deadline = performance.now() + 10_000;
    while (!await server.assertAllows().then(() => true, () => false)) {
      assert(performance.now() < deadline, "it answers again");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assertEquals(await server.stop(), 0);
    assertEquals((await server.project.run(["audit", "verify"])).exit, 0);
  });

  it("AUD-30 and eight checking processes make one chain, with every answer in it", async () => {
    await using server = await Server.start();
    const { project } = server;
    const runs = Array.from({ length: 8 }, async () => {
      for (let i = 0; i < 30; i++) {
        const { exit, stderr } = await project.run(["check", "-"], { stdin: operation });
        assertEquals(exit, 0, stderr);
      }
    });
    const calls = Array.from({ length: 4 }, async () => {
      for (let i = 0; i < 60; i++) await server.assertAllows();
    });
    await Promise.all([...runs, ...calls]);
    assertEquals(await server.stop(), 0);
    const { value } = await project.json(["audit", "verify"]);
    assertEquals(value["verdict"], "OK-UNANCHORED");
    const decisions = project.read(".scalpel/audit.log").match(/"type":"audit\.decision"/g);
    assertEquals(decisions?.length, 8 * 30 + 4 * 60);
  });

  it("HTTP-34 works without any network but loopback, and connects nowhere", async () => {
    using project = new Project();
    await project.init();
    const trace = `${project.folder}/trace`;
    const token = Deno.readTextFileSync(`${project.stateFolder()}/tokens/agent`).trim();
    Deno.writeTextFileSync(`${project.folder}/script`, airGapped);
    const args = [`${project.folder}/script`, binaryPath, trace, token];
    const program = { name: "sh", command: ["unshare", "-n", "sh"] };
    const { exit, stdout, stderr } = await project.run(args, { program });
    assertEquals(exit, 0, stderr);
    const decisions = stdout.trim().split("\n").map((line) => JSON.parse(line).decision);
    assertEquals(decisions, ["allow", "allow", "allow"]);
    const calls = Deno.readTextFileSync(trace).split("\n");
    assertEquals(calls.filter((call) => /\bconnect\(/.test(call)), []);
    assertEquals(calls.filter((call) => /\bexecve\(/.test(call)).length, 1);
  });
});

/** Arguments: binary, place for the trace, token. Prints an answer a line. */
const airGapped = String.raw`
ip link set lo up
strace -f -qq -e trace=connect,execve -o "$2" "$1" serve --port 8787 &
tracer=$!
ask() {
  curl -sS --retry 20 --retry-delay 1 --retry-connrefused --max-time 5 \
    -H "authorization: Bearer $3" -H 'content-type: application/json' \
    -d "$4" http://127.0.0.1:8787/v1/check && echo
}
ask "$1" "$2" "$3" '{"type":"file_write","affected_files":["src/app.ts"]}'
ask "$1" "$2" "$3" '{"type":"network","metadata":{"url":"http://127.0.0.1:9/x"}}'
ask "$1" "$2" "$3" '{"type":"command","command":"curl https://example.com/x"}'
kill -TERM "$(cat /proc/$tracer/task/$tracer/children)"
wait $tracer
`;
