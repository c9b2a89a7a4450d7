import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { encodeHex } from "@std/encoding/hex";
import { describe, it } from "@std/testing/bdd";
import { newSigningKeyPem, openSigningKey } from "../../src/adapter/signing_key.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { type Client, type ClientOptions, createClient } from "../../src/client.ts";
import { EngineError } from "../../src/core/errors.ts";
import {
  encodeAnswerProof,
  encodeAnswerSignature,
  encodeKeyId,
  encodeReport,
} from "../../src/core/integrity/answer_proof.ts";
import { maxAnswerBytes } from "../../src/core/limits.ts";
import { operationDigest } from "../../src/core/operation/operation_digest.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { fakeAlarm, fakeDecision } from "../support/fake_engine.ts";
import { createTestApp, publicKey, tokens, write } from "../support/test_app.ts";

const done = { correlation_id: "id-1", session: "s", tool: "Write", status: "done" };
const env = { type: "file_write", affected_files: [".env"] };
const ours = openSigningKey(newSigningKeyPem());
const theirs = openSigningKey(newSigningKeyPem());

const digestOf = (operation: unknown): string => operationDigest(parseOperation(operation), sha256);
const decisionOn = (operation: unknown) => fakeDecision(parseOperation(operation));

/** What a server signs and sends; every field defaults to the honest one for `write`. */
interface Reply {
  readonly text?: string;
  readonly sent?: string;
  readonly digests?: readonly string[];
  readonly status?: number;
  readonly signedStatus?: number;
  readonly nonce?: string;
  readonly key?: typeof ours;
  readonly keyId?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const honestText = JSON.stringify(decisionOn(write));

function reply(request: Request, change: Reply = {}): Response {
  const { text = honestText, status = 200, key = ours } = change;
  const proof = encodeAnswerProof({
    nonce: change.nonce ?? request.headers.get("sealward-nonce") ?? "",
    operationDigests: change.digests ?? [digestOf(write)],
    status: change.signedStatus ?? status,
    bodySha256Hex: encodeHex(sha256(new TextEncoder().encode(text))),
  });
  const keyId = change.keyId ?? encodeKeyId(sha256(key.publicKey));
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "sealward-signature": encodeAnswerSignature(keyId, key.sign(proof)),
    ...change.headers,
  };
  return new Response(change.sent ?? text, { status, headers });
}

/** Asks a server that answers with `answer`, on a real socket. */
async function askServer<T>(
  answer: (request: Request) => Response | Promise<Response>,
  use: (client: Client) => Promise<T>,
  options: Pick<ClientOptions, "unmeasured"> = {},
): Promise<T> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => undefined }, answer);
  try {
    return await use(clientOf(server.addr.port, options));
  } finally {
    await server.shutdown();
  }
}

/** Asks a server that writes `text` and, if told so, closes. */
async function askBytes(text: string, isClosing: boolean): Promise<string> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const client = clientOf(listener.addr.port);
  const asking = assertRejects(() => client.check(write), EngineError);
  const connection = await listener.accept();
  await connection.read(new Uint8Array(65_536));
  await connection.write(new TextEncoder().encode(text));
  if (isClosing) connection.close();
  const { code } = await asking;
  if (!isClosing) connection.close();
  listener.close();
  return code;
}

function clientOf(port: number, options: Pick<ClientOptions, "unmeasured"> = {}): Client {
  const url = `http://127.0.0.1:${port}`;
  const { publicKey } = ours;
  return createClient({ url, token: tokens.agent, publicKey, timeoutMs: 300, ...options });
}

async function codeOf(asking: () => Promise<unknown>): Promise<string> {
  return (await assertRejects(asking, EngineError)).code;
}

describe("createClient() with an honest server", () => {
  const withApp = async (use: (client: Client, port: number) => Promise<void>): Promise<void> => {
    const { app, hosts } = createTestApp();
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => undefined },
      (request) => app.fetch(request),
    );
    const { port } = server.addr;
    hosts.push(`127.0.0.1:${port}`);
    try {
      const url = `http://localhost:${port}/`;
      await use(createClient({ url, token: tokens.agent, publicKey }), port);
    } finally {
      await server.shutdown();
    }
  };

  it("check() returns the decision, whatever it says; localhost is 127.0.0.1", async () => {
    await withApp(async (client) => {
      assertEquals(await client.check(write), decisionOn(write));
      const decision = await client.check({ ...env, timestamp: "2026-11-22T18:00:00Z" });
      assertEquals([decision.decision, decision.allowed], ["deny", false]);
    });
  });

  it("checkAll() returns decisions in order", async () => {
    await withApp(async (client) => {
      const decisions = await client.checkAll([write, env, write]);
      assertEquals(decisions.map(({ allowed }) => allowed), [true, false, true]);
    });
  });

  it("throws a signed refusal with the server's own code", async () => {
    const { app, hosts } = createTestApp({ failure: new EngineError("audit_unwritable", "Full") });
    const client = createClient({
      url: "http://127.0.0.1:1",
      token: tokens.agent,
      publicKey,
      fetch: async (url, init) => {
        hosts.push("127.0.0.1:1");
        const request = new Request(url, init);
        request.headers.set("host", "127.0.0.1:1");
        return await app.fetch(request);
      },
    });
    assertEquals(await codeOf(() => client.check(write)), "audit_unwritable");
  });

  it("outcome() and settle() report, and return the alarms", async () => {
    const { app, engine, hosts } = createTestApp();
    hosts.push("127.0.0.1:1");
    const client = createClient({
      url: "http://127.0.0.1:1",
      token: tokens.agent,
      publicKey,
      fetch: async (url, init) => {
        const request = new Request(url, init);
        request.headers.set("host", "127.0.0.1:1");
        return await app.fetch(request);
      },
    });
    await client.check(write, { expectsOutcome: true });
    await client.checkAll([write], { expectsOutcome: true });
    assertEquals(await client.outcome(done), []);
    assertEquals(await client.settle({ session: "s", reason: "stop" }), [fakeAlarm]);
    assertEquals(engine.calls.map((call) => call.split(" ")[0]), [
      "check",
      "check",
      "recordOutcome",
      "observeProtected",
      "settle",
      "observeProtected",
    ]);
    assertEquals(engine.calls.filter((call) => call.endsWith("expecting an outcome")).length, 2);
  });

  it("does not believe an unsigned refusal", async () => {
    await withApp(async (_, port) => {
      const url = `http://127.0.0.1:${port}`;
      const stranger = createClient({ url, token: "x".repeat(43), publicKey });
      assertEquals(await codeOf(() => stranger.check(write)), "server_untrusted");
    });
  });

  it("sends nothing that is no operation", async () => {
    let isCalled = false;
    const client = createClient({
      url: "http://127.0.0.1:1",
      token: tokens.agent,
      publicKey,
      fetch: () => {
        isCalled = true;
        return Promise.reject(new Error("called"));
      },
    });
    const circular: Record<string, unknown> = { ...write };
    circular["metadata"] = circular;
    for (const bad of [undefined, null, "x", {}, { ...write, allowed: true }, 1n, circular]) {
      assertEquals(await codeOf(() => client.check(bad)), "operation_invalid");
    }
    for (const bad of [[], [{}], Array(1_001).fill(write)]) {
      assertEquals(await codeOf(() => client.checkAll(bad)), "operation_invalid");
    }
    for (const bad of [undefined, {}, { ...done, status: "ok" }, { ...done, x: 1 }]) {
      assertEquals(await codeOf(() => client.outcome(bad)), "operation_invalid");
    }
    assertEquals(await codeOf(() => client.settle({})), "operation_invalid");
    assert(!isCalled);
  });
});

describe("createClient() that enforces", () => {
  const strict = { unmeasured: "unverified" } as const;
  const unmeasured = ["limits.max_complexity"];
  const answerOf = (change: object) => ({
    text: JSON.stringify({ ...decisionOn(write), ...change }),
  });

  it("says so, and only then", async () => {
    const sent: (string | null)[] = [];
    const answer = (request: Request): Response => {
      sent.push(request.headers.get("sealward-unmeasured"));
      return reply(request);
    };
    await askServer(answer, (client) => client.check(write));
    await askServer(answer, (client) => client.check(write), strict);
    assertEquals(sent, [null, "unverified"]);
  });

  it("D2 believes no allow that leaves limits unmeasured without a word", async () => {
    const silent = answerOf({ unmeasured });
    const said = answerOf({ unmeasured, violated_policies: ["enforcement.on_unverified"] });
    const ask = (change: Reply, options: Pick<ClientOptions, "unmeasured">) =>
      askServer(
        (request) => reply(request, change),
        (client) => client.check(write).then(({ decision }) => decision, ({ code }) => code),
        options,
      );
    assertEquals(await ask(silent, {}), "allow");
    assertEquals(await ask(silent, strict), "server_untrusted");
    assertEquals(await ask(said, strict), "allow");
  });
});

describe("createClient() with a broken server", () => {
  const flipped = honestText.replace('"allowed":true', '"allowed":false');
  const onEnv = JSON.stringify(decisionOn(env));
  const json = (change: object): string => JSON.stringify({ ...decisionOn(write), ...change });
  const rows: Readonly<Record<string, Reply>> = {
    "another key": { key: theirs },
    "another key under our name": { key: theirs, keyId: encodeKeyId(sha256(ours.publicKey)) },
    "a body changed after signing": { text: flipped, sent: honestText },
    "a deny turned into allow": {
      text: onEnv,
      sent: onEnv.replace('"allowed":false', '"allowed":true'),
      digests: [digestOf(env)],
    },
    "another nonce": { nonce: "A".repeat(22) },
    "another operation's answer": { text: onEnv, digests: [digestOf(env)] },
    "another operation's decision under our digest": { text: onEnv },
    "another status than was signed": { signedStatus: 503 },
    "a signed status that is not 200": { status: 201, digests: [] },
    "text that is no JSON": { text: "allow" },
    "an empty body": { text: "" },
    "two documents": { text: honestText + honestText },
    "a duplicate key": { text: honestText.replace("{", '{"allowed":false,') },
    "allowed without allow": { text: json({ decision: "deny" }) },
    "ask that is allowed": { text: json({ decision: "ask" }) },
    "an unknown verdict": { text: json({ decision: "maybe", allowed: false }) },
    "another schema version": { text: json({ schema_version: 2 }) },
    "no place in the log": { text: json({ audit: null }) },
    "no list of unmeasured limits": { text: json({ unmeasured: null }) },
    "a list": { text: `[${honestText}]` },
    "null": { text: "null" },
    "another media type": { headers: { "content-type": "text/html" } },
    "no signature": { headers: { "sealward-signature": "" } },
    "a signature of nothing": { headers: { "sealward-signature": "ed25519;0000;AAAA" } },
    "401 without proof": { status: 401, headers: { "sealward-signature": "" } },
  };
  for (const [name, row] of Object.entries(rows)) {
    it(`ARCH-04 ARCH-05 ARCH-06 trusts nothing of ${name}`, async () => {
      const answer = (request: Request): Response => reply(request, row);
      const ask = (client: Client): Promise<string> => codeOf(() => client.check(write));
      assertEquals(await askServer(answer, ask), "server_untrusted");
    });
  }

  it("is not broken by the fixture itself", async () => {
    const decision = await askServer((request) => reply(request), (client) => client.check(write));
    assertEquals(decision, decisionOn(write));
  });

  it("ARCH-04 cannot trust where the runtime knows no Ed25519", async () => {
    const { importKey } = crypto.subtle;
    crypto.subtle.importKey = () => Promise.reject(new DOMException("no", "NotSupportedError"));
    try {
      const ask = (client: Client): Promise<string> => codeOf(() => client.check(write));
      assertEquals(await askServer((request) => reply(request), ask), "server_untrusted");
    } finally {
      crypto.subtle.importKey = importKey;
    }
  });

  it("ARCH-06 BIND-01 refuses an answer it has been given before", async () => {
    const kept: string[] = [];
    const answer = (request: Request): Response => {
      kept.push(request.headers.get("sealward-nonce") ?? "");
      return reply(request, { nonce: kept[0] ?? "" });
    };
    await askServer(answer, async (client) => {
      assert((await client.check(write)).allowed);
      assertEquals(await codeOf(() => client.check(write)), "server_untrusted");
    });
    assertEquals(new Set(kept).size, 2);
  });

  it("ARCH-04 follows no redirect", async () => {
    let calls = 0;
    const answer = (request: Request): Response => {
      calls++;
      return calls > 1 ? reply(request) : Response.redirect(`${request.url}/2`, 307);
    };
    const code = await askServer(answer, (client) => codeOf(() => client.check(write)));
    assertEquals([code, calls], ["server_untrusted", 1]);
  });

  it("ARCH-04 stops reading a huge answer", async () => {
    let sentBytes = 0;
    const answer = (): Response =>
      new Response(
        new ReadableStream({
          pull: (controller) => {
            sentBytes += 65_536;
            controller.enqueue(new Uint8Array(65_536));
          },
        }),
      );
    const code = await askServer(answer, (client) => codeOf(() => client.check(write)));
    assertEquals(code, "server_untrusted");
    assert(sentBytes < 8 * maxAnswerBytes, String(sentBytes));
  });

  for (const status of [500, 502, 503]) {
    it(`ARCH-04 cannot ask a server that answers ${status} without proof`, async () => {
      const answer = (): Response => new Response(honestText, { status });
      const code = await askServer(answer, (client) => codeOf(() => client.check(write)));
      assertEquals(code, "server_unreachable");
    });
  }

  it("ARCH-04 cannot ask a dead server", async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close();
    assertEquals(await codeOf(() => clientOf(port).check(write)), "server_unreachable");
  });

  for (
    const [name, text, isClosing] of [
      ["is silent", "", false],
      ["hangs up", "", true],
      ["stops in the head", "HTTP/1.1 200 OK\r\nContent-Le", false],
      ["stops in the body", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", false],
      ["breaks off in the body", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", true],
      ["speaks another protocol", "220 smtp ready\r\n", true],
    ] as const
  ) {
    it(`ARCH-04 ARCH-09 cannot ask a server that ${name}`, async () => {
      assertEquals(await askBytes(text, isClosing), "server_unreachable");
    });
  }

  it("ARCH-09 is not held by a fetch that ignores its signal", async () => {
    const client = createClient({
      url: "http://127.0.0.1:1",
      token: tokens.agent,
      publicKey,
      timeoutMs: 20,
      fetch: () => new Promise(() => undefined),
    });
    assertEquals(await codeOf(() => client.check(write)), "server_unreachable");
  });
});

describe("outcome() with a broken server", () => {
  const digests = [
    `sha256:${encodeHex(sha256(encodeReport("/v1/outcome", JSON.stringify(done))))}`,
  ];
  const text = '{"schema_version":1,"alarms":[]}';
  const rows: Readonly<Record<string, Reply>> = {
    "the answer to another report": { text, digests: [`sha256:${"0".repeat(64)}`] },
    "an answer to nothing": { text, digests: [] },
    "no list of alarms": { text: '{"schema_version":1}', digests },
    "what is no alarm": { text: '{"schema_version":1,"alarms":[{"kind":"none"}]}', digests },
    "another schema version": { text: '{"schema_version":2,"alarms":[]}', digests },
    "another key": { text, digests, key: theirs },
  };
  for (const [name, row] of Object.entries(rows)) {
    it(`ARCH-04 trusts nothing of ${name}`, async () => {
      const answer = (request: Request): Response => reply(request, row);
      const ask = (client: Client): Promise<string> => codeOf(() => client.outcome(done));
      assertEquals(await askServer(answer, ask), "server_untrusted");
    });
  }

  it("is not broken by the fixture itself", async () => {
    const answer = (request: Request): Response => reply(request, { text, digests });
    assertEquals(await askServer(answer, (client) => client.outcome(done)), []);
  });
});

describe("checkAll() with a broken server", () => {
  const list = [write, env];
  const digests = list.map(digestOf);
  const decisions = list.map(decisionOn);
  const rows: Readonly<Record<string, object>> = {
    "fewer decisions": { allowed: true, decisions: decisions.slice(0, 1) },
    "more decisions": { allowed: false, decisions: [...decisions, ...decisions] },
    "another order": { allowed: false, decisions: decisions.toReversed() },
    "a verdict its decisions contradict": { allowed: true, decisions },
    "no decisions": { allowed: true },
    "a single decision": decisionOn(write),
  };
  for (const [name, body] of Object.entries(rows)) {
    it(`ARCH-04 trusts nothing of ${name}`, async () => {
      const text = JSON.stringify(body);
      const answer = (request: Request): Response => reply(request, { text, digests });
      const ask = (client: Client): Promise<string> => codeOf(() => client.checkAll(list));
      assertEquals(await askServer(answer, ask), "server_untrusted");
    });
  }
});

describe("createClient() options", () => {
  const good = { url: "http://127.0.0.1:1", token: tokens.agent, publicKey };
  for (
    const url of [
      "http://example.org",
      "http://127.0.0.1.nip.io:1",
      "http://0.0.0.0:1",
      "http://localhost.evil:1",
      "http://a@127.0.0.1:1",
      "http://127.0.0.1:1/path",
      "http://127.0.0.1:1/?q",
      "ws://127.0.0.1:1",
      "file:///etc/passwd",
      "127.0.0.1:1",
      "",
    ]
  ) {
    it(`refuses the URL "${url}"`, () => {
      const error = assertThrows(() => createClient({ ...good, url }), EngineError);
      assertEquals(error.code, "usage");
    });
  }
  for (const url of ["http://[::1]:1", "http://127.0.0.1:1/", "https://policy.example"]) {
    it(`accepts the URL "${url}"`, () => {
      assertEquals(typeof createClient({ ...good, url }).check, "function");
    });
  }
  it("refuses a key of another size and a token with a line feed", () => {
    for (const bad of [{ publicKey: new Uint8Array(31) }, { token: "a\r\nX: y" }, { token: "" }]) {
      const error = assertThrows(() => createClient({ ...good, ...bad }), EngineError);
      assertEquals(error.code, "usage");
    }
  });
  it("ARCH-09 refuses a time that a timer would take for at once or never", () => {
    for (const timeoutMs of [0, -1, NaN, Infinity, 2 ** 31, 600_001]) {
      const error = assertThrows(() => createClient({ ...good, timeoutMs }), EngineError);
      assertEquals(error.code, "usage", `${timeoutMs}`);
    }
  });
});
