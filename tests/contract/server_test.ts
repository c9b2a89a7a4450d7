import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../src/core/errors.ts";
import { serveEngine } from "../../src/edge/server/serve_engine.ts";
import type { FakeEngineOptions } from "../support/fake_engine.ts";
import { sendRaw } from "../support/raw_http.ts";
import { createTestApp, type TestApp, tokens, write } from "../support/test_app.ts";

interface Running extends TestApp {
  readonly port: number;
  readonly lines: readonly string[];
  /** Aborts and waits until serveEngine has returned. */
  readonly stop: () => Promise<void>;
}

async function start(options: FakeEngineOptions = {}): Promise<Running> {
  const test = createTestApp(options);
  const lines: string[] = [];
  const controller = new AbortController();
  const listening = Promise.withResolvers<number>();
  const done = serveEngine({
    app: test.app,
    port: 0,
    hostname: "127.0.0.1",
    signal: controller.signal,
    onListen: ({ port }) => listening.resolve(port),
    log: (line) => lines.push(line),
  });
  const port = await Promise.race([listening.promise, done.then(() => 0)]);
  test.hosts.push(`127.0.0.1:${port}`);
  const stop = async (): Promise<void> => {
    controller.abort();
    await done;
  };
  return { ...test, port, lines, stop };
}

/** Runs `body` against a server and stops it, whatever happens. */
async function withServer(
  body: (server: Running) => Promise<void>,
  options: FakeEngineOptions = {},
): Promise<void> {
  const server = await start(options);
  try {
    await body(server);
  } finally {
    await server.stop();
  }
}

const operation = JSON.stringify(write);

/** A request in order, but for what the row replaces. */
function request(port: number, change: {
  readonly target?: string;
  readonly line?: string;
  readonly host?: string;
  readonly more?: string;
  readonly body?: string;
} = {}): string {
  const { target = "/v1/check", more = "", body = operation } = change;
  return `${change.line ?? `POST ${target} HTTP/1.1`}\r\n` +
    (change.host ?? `Host: 127.0.0.1:${port}\r\n`) +
    `Authorization: Bearer ${tokens.agent}\r\nContent-Type: application/json\r\n` +
    `${more || `Content-Length: ${body.length}\r\n`}\r\n${body}`;
}

describe("serveEngine() on raw sockets", () => {
  it("answers a request that is in order", async () => {
    await withServer(async ({ port, engine }) => {
      const { status, text } = await sendRaw(port, request(port));
      assertEquals(status, 200);
      assert(text.includes('"allowed":true'));
      assertEquals(engine.calls.length, 1);
    });
  });

  it("HTTP-01 HTTP-04 HTTP-25 refuses wrong, absent, doubled and disagreeing hosts", async () => {
    await withServer(async ({ port, engine }) => {
      const ours = `127.0.0.1:${port}`;
      // Where two are listed, some versions of Deno refuse before we do.
      const rows: readonly (readonly [string, Parameters<typeof request>[1]])[] = [
        ["403", { host: "Host: evil.example\r\n" }],
        ["403", { host: `Host: a@${ours}\r\n` }],
        ["403", { host: `Host: localhost:${port}\r\n` }],
        ["403", { host: "Host: 127.0.0.1\r\n" }],
        ["400", { host: "" }],
        ["400", { host: "Host:\r\n" }],
        ["400 403", { host: `Host: ${ours}\r\nHost: ${ours}\r\n` }],
        ["400 403", { host: `Host: ${ours}\r\nHost: evil.example\r\n` }],
        ["400", { line: "POST http://evil.example/v1/check HTTP/1.1" }],
        ["400", { line: `POST http://a@${ours}/v1/check HTTP/1.1` }],
        ["400", { line: `POST https://${ours}/v1/check HTTP/1.1` }],
        ["400 404", { line: "POST http:///v1/check HTTP/1.1" }],
        ["403", { line: `POST http://${ours}/v1/check HTTP/1.1`, host: "Host: evil.example\r\n" }],
        ["400", { line: "POST /v1/check HTTP/1.0", host: "" }],
      ];
      for (const [wanted, change] of rows) {
        const { status, text } = await sendRaw(port, request(port, change));
        assert(wanted.split(" ").includes(String(status)), JSON.stringify(change) + text);
      }
      assertEquals(engine.calls, []);
    });
  });

  it("HTTP-21 finds nothing behind other spellings of a path", async () => {
    await withServer(async ({ port, engine }) => {
      const targets = [
        "//v1/check",
        "/v1//check",
        "/V1/check",
        "/v1/check/",
        "/v1/./check",
        "/x/../v1/check",
        "/v1%2fcheck",
        "/%76%31/check",
        "/v1/check;a",
        "/v1/check%00",
        "/v1\\check",
        "v1/check",
        "*",
      ];
      for (const target of targets) {
        const { status } = await sendRaw(port, request(port, { target }));
        assert(status === 404 || status === 400, `${target}: ${status}`);
      }
      assertEquals(engine.calls, []);
    });
  });

  it("HTTP-21 asks for the token whether or not the listener drops a fragment", async () => {
    await withServer(async ({ port, engine }) => {
      const line = `POST /v1/check#f HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 0`;
      const { status } = await sendRaw(port, `${line}\r\n\r\n`);
      assert(status === 404 || status === 401, String(status));
      assertEquals(engine.calls, []);
    });
  });

  it("HTTP-22 refuses every method but the path's own", async () => {
    await withServer(async ({ port, engine }) => {
      const methods = ["GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "PUT", "post", "PoST"];
      for (const method of [...methods, "P".repeat(10_000)]) {
        const line = `${method} /v1/check HTTP/1.1`;
        const { status, text } = await sendRaw(port, request(port, { line }));
        assert(status === 405 || status === 400, `${method.slice(0, 9)}: ${status}`);
        if (status === 405) assert(/\r\nallow: POST\r\n/i.test(text), method);
      }
      for (const line of ["OPTIONS * HTTP/1.1", `CONNECT 127.0.0.1:${port} HTTP/1.1`]) {
        const { status } = await sendRaw(port, request(port, { line, body: "" }));
        assert(status === 405 || status === 400, `${line}: ${status}`);
      }
      assertEquals(engine.calls, []);
    });
  });

  it("HTTP-11 refuses two Authorization headers", async () => {
    await withServer(async ({ port, engine }) => {
      const body = operation;
      const more = `Authorization: Bearer ${tokens.agent}\r\nContent-Length: ${body.length}\r\n`;
      assertEquals((await sendRaw(port, request(port, { more }))).status, 401);
      assertEquals(engine.calls, []);
    });
  });

  it("HTTP-18 refuses framing that two parsers could read differently", async () => {
    await withServer(async ({ port, engine }) => {
      const length = `Content-Length: ${operation.length}\r\n`;
      const rows = [
        `${length}Transfer-Encoding: chunked\r\n`,
        `${length}Content-Length: 5\r\n`,
        `Content-Length: +${operation.length}\r\n`,
        "Transfer-Encoding: gzip\r\n",
        `${length}X: a\r\n b\r\n`,
        `${length}X: a\u0000b\r\n`,
      ];
      for (const more of rows) {
        const { status } = await sendRaw(port, request(port, { more }));
        assertEquals(status, 400, more);
      }
      assertEquals(engine.calls, []);
    });
  });

  it("HTTP-18 answers 413 to a gigabyte, announced or chunked", async () => {
    await withServer(async ({ port, engine }) => {
      const announced = request(port, { more: "Content-Length: 1000000000\r\n" });
      assertEquals((await sendRaw(port, announced)).status, 413);
      const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`.repeat(17);
      const chunked = request(port, { more: "Transfer-Encoding: chunked\r\n", body: chunk });
      assertEquals((await sendRaw(port, chunked)).status, 413);
      assertEquals(engine.calls, []);
    });
  });

  it("HTTP-18 decides nothing when the client leaves in mid-body", async () => {
    await withServer(async ({ port, engine }) => {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      const text = request(port, { more: `Content-Length: ${operation.length + 1}\r\n` });
      await connection.write(new TextEncoder().encode(text));
      connection.close();
      assertEquals((await sendRaw(port, request(port))).status, 200);
      assertEquals(engine.calls.length, 1);
    });
  });

  it("HTTP-19 refuses header bombs and serves on", async () => {
    await withServer(async ({ port }) => {
      const length = `Content-Length: ${operation.length}\r\n`;
      const rows = [
        { more: "X: y\r\n".repeat(300) + length },
        { more: `X: ${"y".repeat(600_000)}\r\n${length}` },
        { target: `/v1/check?${"y".repeat(70_000)}` },
      ];
      for (const row of rows) {
        const { status } = await sendRaw(port, request(port, row));
        // 0: the listener closed the connection before it had read the whole head.
        assert(status === 0 || (status >= 400 && status < 500), String(status));
      }
      assertEquals((await sendRaw(port, request(port))).status, 200);
    });
  });

  it("HTTP-35 logs nothing a request says", async () => {
    await withServer(async ({ port, lines, logged }) => {
      const more = `User-Agent: \u001b[2J"forged\r\nContent-Length: ${operation.length}\r\n`;
      await sendRaw(port, request(port, { more }));
      await sendRaw(port, request(port, { target: "/forged%0aline" }));
      assertEquals([lines, logged], [[], []]);
    });
  });
});

describe("serveEngine()", () => {
  it("HTTP-20 refuses a port that is taken, and takes no other", async () => {
    await withServer(async ({ port, app }) => {
      const heard: number[] = [];
      const serving = serveEngine({
        app,
        port,
        hostname: "127.0.0.1",
        signal: AbortSignal.timeout(1_000),
        onListen: (address) => heard.push(address.port),
        log: () => undefined,
      });
      const error = await assertRejects(() => serving, EngineError);
      assertEquals([error.code, heard], ["server_unreachable", []]);
    });
  });

  it("drains: a call at work is answered, a new connection is not", async () => {
    const gate = Promise.withResolvers<void>();
    const { port, stop, engine } = await start({ gate: gate.promise });
    const pending = sendRaw(port, request(port));
    while (engine.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const stopped = stop();
    await assertRejects(() => Deno.connect({ hostname: "127.0.0.1", port }));
    gate.resolve();
    assertEquals((await pending).status, 200);
    await stopped;
  });

  it("HTTP-39 starts again on the same port at once", async () => {
    const first = await start();
    await sendRaw(first.port, request(first.port));
    await first.stop();
    const controller = new AbortController();
    const heard = Promise.withResolvers<number>();
    const done = serveEngine({
      app: first.app,
      port: first.port,
      hostname: "127.0.0.1",
      signal: controller.signal,
      onListen: ({ port }) => heard.resolve(port),
      log: () => undefined,
    });
    assertEquals(await Promise.race([heard.promise, done]), first.port);
    assertEquals((await sendRaw(first.port, request(first.port))).status, 200);
    controller.abort();
    await done;
  });

  it("HTTP-29 M-03 survives running out of descriptors", async () => {
    const child = startWithFewDescriptors();
    const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const port = Number((await lines.read()).value);
    const idle: Deno.Conn[] = [];
    for (let i = 0; i < 100; i++) {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => null);
      if (connection === null) break;
      idle.push(connection);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (const connection of idle) connection.close();
    // A second line is the log: the listener was lost. Without it there was nothing to survive.
    assert((await lines.read()).value !== undefined);
    assertEquals(await firstStatus(port), 200);
    child.kill("SIGKILL");
    await lines.cancel();
    await child.status;
  });
});

/** A server in a process of its own that may open 64 descriptors; prints its port, then its log. */
function startWithFewDescriptors(): Deno.ChildProcess {
  const source = new URL("../../src/edge/server/serve_engine.ts", import.meta.url);
  const program = `
    import { serveEngine } from "${source}";
    await serveEngine({
      app: { fetch: () => new Response("ok") },
      port: 0,
      hostname: "127.0.0.1",
      signal: new AbortController().signal,
      onListen: ({ port }) => console.log(port),
      log: console.log,
    });`;
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const run = `ulimit -n 64; exec "$0" eval --no-lock --config "$1" "$2"`;
  const args = ["-c", run, Deno.execPath(), config, program];
  return new Deno.Command("sh", { args, stdout: "piped", stderr: "inherit" }).spawn();
}

/** Asks until an answer comes, for at most five seconds; 0 when none did. */
async function firstStatus(port: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const text = `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
    const { status } = await sendRaw(port, text).catch(() => ({ status: 0 }));
    if (status !== 0) return status;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return 0;
}
