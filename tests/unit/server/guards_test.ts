import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { routes } from "../../../src/edge/server/routes.ts";
import { sha256 } from "../../../src/core/integrity/sha256.ts";
import { EngineError } from "../../../src/core/errors.ts";
import { requireHost } from "../../../src/edge/server/require_host.ts";
import { requireRoute } from "../../../src/edge/server/require_route.ts";
import { compileTokens } from "../../../src/edge/server/require_token.ts";
import { parseRequestTarget } from "../../../src/edge/server/request_target.ts";
import { createTestApp, host, nonce, type Sent, tokens, write } from "../../support/test_app.ts";

type Headers = NonNullable<Sent["headers"]>;

/** A stream that tells whether anybody read it. */
function watchedBody(): { readonly body: ReadableStream; readonly wasRead: () => boolean } {
  let isRead = false;
  const body = new ReadableStream({
    pull(controller) {
      isRead = true;
      controller.enqueue(new TextEncoder().encode(JSON.stringify(write)));
      controller.close();
    },
  }, { highWaterMark: 0 });
  return { body, wasRead: () => isRead };
}

/** Asserts status and code, and that neither body nor engine was touched. */
async function assertRefused(sent: Sent, status: number, code: string): Promise<void> {
  const { send, engine } = createTestApp();
  const { body, wasRead } = watchedBody();
  const answer = await send(sent.method === undefined ? { ...sent, body } : sent);
  assertEquals([answer.status, answer.json["code"], answer.json["allowed"]], [status, code, false]);
  assertEquals(engine.calls, []);
  assertEquals(wasRead(), false);
}

describe("createApp() guards", () => {
  it("passes a request that is in order", async () => {
    const { send, engine } = createTestApp();
    const answer = await send();
    assertEquals([answer.status, answer.json["allowed"]], [200, true]);
    assertEquals(engine.calls, ["check token:agent file_write"]);
  });

  for (
    const name of [
      "evil.example",
      "evil.example:8787",
      "127.0.0.1.nip.io:8787",
      "localhost.evil.com:8787",
      "foo.localhost:8787",
      "localhost:8787",
      "localhost.:8787",
      "0.0.0.0:8787",
      "[::]:8787",
      "127.1:8787",
      "2130706433:8787",
      "0x7f.1:8787",
      "a@127.0.0.1:8787",
      "127.0.0.1:8788",
      "127.0.0.1",
      "127.0.0.1:87870",
      "127.0.0.1:8787, evil.example",
      "[::ffff:127.0.0.1]:8787",
    ]
  ) {
    it(`HTTP-01 HTTP-03 refuses Host ${name} before token and body`, async () => {
      const headers: Headers = { host: name, authorization: null };
      await assertRefused({ headers }, 403, "request_forbidden");
    });
  }

  it("HTTP-01 refuses an absent or empty Host", async () => {
    await assertRefused({ headers: { host: null } }, 400, "usage");
    await assertRefused({ headers: { host: "" } }, 400, "usage");
  });

  it("HTTP-03 compares Host in lower case", async () => {
    const { app, hosts } = createTestApp();
    hosts.push("sealward.test:1");
    const response = await app.request("http://sealward.test:1/healthz", {
      headers: { host: "Sealward.TEST:1" },
    });
    assertEquals(response.status, 200);
  });

  it("HTTP-04 refuses a target whose authority is not the Host", () => {
    const request = new Request("http://evil.example/healthz", { headers: { host } });
    const error = assertThrows(() => requireHost(request, [host, "evil.example"]), EngineError);
    assertEquals(error.code, "usage");
  });

  for (
    const origin of [
      "null",
      "",
      "http://evil.example",
      "http://localhost.evil:8787",
      "http://127.0.0.1:8788",
      "http://127.0.0.1",
      "https://127.0.0.1:8787",
      "http://127.0.0.1:8787/",
      "file://",
      "chrome-extension://abcdefghijklmnop",
      `http://${host}, http://evil.example`,
    ]
  ) {
    it(`HTTP-02 refuses Origin "${origin}" on every method`, async () => {
      const headers = { origin };
      await assertRefused({ headers }, 403, "request_forbidden");
      for (const method of ["GET", "HEAD", "OPTIONS", "DELETE"]) {
        const { app, engine } = createTestApp();
        const response = await app.request(`http://${host}/v1/check`, {
          method,
          headers: { host, origin },
        });
        assertEquals([response.status, engine.calls.length], [403, 0]);
      }
    });
  }

  it("HTTP-02 accepts our own Origin", async () => {
    const { send } = createTestApp();
    assertEquals((await send({ headers: { origin: `http://${host}` } })).status, 200);
  });

  it("HTTP-07 answers a preflight, private network too, with 403 and no CORS header", async () => {
    const { app } = createTestApp();
    const response = await app.request(`http://${host}/v1/check`, {
      method: "OPTIONS",
      headers: {
        host,
        "origin": "http://evil.example",
        "access-control-request-method": "POST",
        "access-control-request-private-network": "true",
      },
    });
    assertEquals(response.status, 403);
    const names = [...response.headers.keys()];
    assertEquals(names.filter((name) => name.startsWith("access-control-")), []);
  });

  it("HTTP-07 needs little time for a header of 100 kB of blanks", async () => {
    const { send } = createTestApp();
    const measure = async (name: string): Promise<number> => {
      const startedAt = performance.now();
      const answer = await send({ headers: { [name]: `x${" ".repeat(100_000)}x` } });
      assert(answer.status >= 400, name);
      return performance.now() - startedAt;
    };
    for (const name of ["origin", "authorization", "content-type", "sealward-nonce", "host"]) {
      // The least of several, with room for a busy machine: a backtracking expression takes seconds.
      const times = [];
      for (let i = 0; i < 5; i++) times.push(await measure(name));
      assert(Math.min(...times) < 100, `${name}: ${Math.min(...times)} ms`);
    }
  });

  for (const site of ["cross-site", "same-site", "", "unknown"]) {
    it(`HTTP-08 refuses Sec-Fetch-Site "${site}"`, async () => {
      await assertRefused({ headers: { "sec-fetch-site": site } }, 403, "request_forbidden");
    });
  }

  for (const site of ["none", "same-origin"]) {
    it(`HTTP-08 accepts Sec-Fetch-Site "${site}"`, async () => {
      const { send } = createTestApp();
      assertEquals((await send({ headers: { "sec-fetch-site": site } })).status, 200);
    });
  }

  for (
    const path of [
      "//v1/check",
      "/v1//check",
      "/V1/check",
      "/v1/check/",
      "/v1%2fcheck",
      "/%76%31/check",
      "/v1/check;a",
      "/v1/check%00",
      "/v1/check%23f",
      "/",
      "/__proto__",
      "/constructor",
      "/hasOwnProperty",
    ]
  ) {
    it(`HTTP-21 finds nothing at ${path}`, async () => {
      await assertRefused({ path, method: "POST" }, 404, "request_not_found");
    });
  }

  for (
    const authorization of [
      null,
      "",
      "Bearer",
      "Bearer ",
      `bearer ${tokens.agent}`,
      `BEARER ${tokens.agent}`,
      `Bearer  ${tokens.agent}`,
      `Bearer\t${tokens.agent}`,
      ` x Bearer ${tokens.agent}`,
      tokens.agent,
      `Basic ${btoa(`agent:${tokens.agent}`)}`,
      `Bearer ${tokens.agent}x`,
      `Bearer ${tokens.agent.slice(0, -1)}`,
      `Bearer ${tokens.agent} x`,
      `Bearer ${tokens.agent}, Bearer ${tokens.agent}`,
      `Bearer ${tokens.agent}, Bearer ${"x".repeat(43)}`,
      `Bearer ${"x".repeat(1_000_000)}`,
    ]
  ) {
    it(`HTTP-11 refuses Authorization ${String(authorization).slice(0, 60)}`, async () => {
      await assertRefused({ headers: { authorization } }, 401, "request_unauthenticated");
    });
  }

  it("HTTP-11 refuses a token in query or cookie, names the scheme, and logs nothing", async () => {
    const { send, engine, logged } = createTestApp();
    const path = `/v1/verify?access_token=${tokens.agent}`;
    const cookie = `token=${tokens.agent}`;
    const answer = await send({ path, headers: { cookie, authorization: null } });
    assertEquals(answer.status, 401);
    assertEquals(answer.headers.get("www-authenticate"), 'Bearer realm="sealward"');
    assertEquals((await send({ path })).json["code"], "usage");
    assert(!answer.text.includes(tokens.agent));
    assertEquals([engine.calls, logged], [[], []]);
  });

  it("HTTP-14 shows nothing without a token but a constant /healthz", async () => {
    const { send, engine } = createTestApp({ policyStatus: "tampered" });
    const headers: Headers = { authorization: null };
    const paths = Object.keys(routes).filter((path) => path !== "/healthz");
    for (const path of paths) assertEquals((await send({ path, headers })).status, 401, path);
    const health = await send({ path: "/healthz", headers });
    assertEquals([health.status, health.text], [200, '{"status":"ok"}']);
    assertEquals(engine.calls, []);
  });

  it("ARCH-01 keeps the log from the agent's token", async () => {
    const { send, engine } = createTestApp();
    for (const path of ["/v1/audit/events", "/v1/audit/verify"]) {
      assertEquals((await send({ path })).json["code"], "request_forbidden");
      const headers = { authorization: `Bearer ${tokens.operator}` };
      assertEquals((await send({ path, headers })).status, 200);
    }
    assertEquals(engine.calls, ["readEvents", "verifyLog"]);
  });

  for (
    const type of [
      null,
      "",
      "text/plain",
      "text/json",
      "application/jsonp",
      "application/json; charset=utf-16",
      "application/json; charset=utf-8; x=1",
      "application/json, text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
    ]
  ) {
    it(`HTTP-05 JSON-11 refuses Content-Type ${type}`, async () => {
      const headers: Headers = { "content-type": type };
      await assertRefused({ headers }, 415, "request_media_type");
    });
  }

  for (const type of ["application/json;charset=UTF-8", "Application/JSON; charset=utf-8"]) {
    it(`JSON-11 accepts Content-Type ${type}`, async () => {
      const { send } = createTestApp();
      assertEquals((await send({ headers: { "content-type": type } })).status, 200);
    });
  }

  for (const encoding of ["gzip", "br", "deflate", "identity", "gzip, gzip", ""]) {
    it(`JSON-13 refuses Content-Encoding "${encoding}"`, async () => {
      const headers = { "content-encoding": encoding };
      await assertRefused({ headers }, 415, "request_media_type");
    });
  }

  it("HTTP-05 ignores method overrides", async () => {
    const { app, engine } = createTestApp();
    const response = await app.request(`http://${host}/v1/check?_method=POST`, {
      headers: {
        host,
        "x-http-method-override": "POST",
        "authorization": `Bearer ${tokens.agent}`,
      },
    });
    assertEquals([response.status, response.headers.get("allow")], [405, "POST"]);
    assertEquals(engine.calls, []);
  });

  it("HTTP-36 does not repeat a request id", async () => {
    const { send } = createTestApp();
    const answer = await send({ headers: { "x-request-id": "stolen-id" } });
    assert(!JSON.stringify([answer.text, ...answer.headers]).includes("stolen-id"));
  });

  it("refuses an odd Sealward-Unmeasured, and asks the engine nothing", async () => {
    for (const bad of ["", "listed", "Unverified", "unverified, unverified", "yes"]) {
      for (const path of ["/v1/check", "/v1/check/batch"]) {
        const { send, engine } = createTestApp();
        const answer = await send({ path, headers: { "sealward-unmeasured": bad } });
        assertEquals([answer.status, answer.json["code"]], [400, "usage"], bad);
        assertEquals([answer.json["allowed"], engine.calls.length], [false, 0], bad);
      }
    }
  });

  it("refuses a malformed nonce, unsigned", async () => {
    for (const bad of ["", "short", `${nonce}=`, `${nonce}, ${nonce}`, "a".repeat(89)]) {
      const { send, engine } = createTestApp();
      const answer = await send({ headers: { "sealward-nonce": bad } });
      assertEquals([answer.status, answer.json["code"]], [400, "usage"]);
      assertEquals([answer.headers.get("sealward-signature"), engine.calls.length], [null, 0]);
    }
  });
});

describe("parseRequestTarget()", () => {
  const rows = [
    ["http://h:1/a/../b", { authority: "h:1", path: "/a/../b", query: null }],
    ["http://h/a?b?c#d", { authority: "h", path: "/a", query: "b?c#d" }],
    ["http://u@h//a\\b#f", { authority: "u@h", path: "//a\\b#f", query: null }],
    ["http://h:1", { authority: "h:1", path: "", query: null }],
    ["http://h?x/y", { authority: "h?x", path: "/y", query: null }],
    ["HTTP://h/x", { authority: "", path: "", query: null }],
    ["https://h/x", { authority: "", path: "", query: null }],
  ] as const;
  for (const [url, target] of rows) {
    it(`splits ${url} byte for byte`, () => assertEquals(parseRequestTarget(url), target));
  }
});

describe("requireRoute()", () => {
  const rows = [
    ["GET", "/v1/check", "request_method"],
    ["POST", "/healthz", "request_method"],
    ["HEAD", "/healthz", "request_method"],
    ["get", "/healthz", "request_method"],
    ["OPTIONS", "/*", "request_method"],
    ["CONNECT", "", "request_method"],
    ["TRACE", "/v1/verify", "request_method"],
    ["PROPFIND", "/none", "request_method"],
    ["G".repeat(10_000), "/healthz", "request_method"],
    ["GET", "/v1", "request_not_found"],
    ["POST", "/x/../v1/check", "request_not_found"],
    ["POST", "/v1/./check", "request_not_found"],
    ["POST", "/v1\\check", "request_not_found"],
    ["POST", "/v1/check#f", "request_not_found"],
  ] as const;
  for (const [method, path, code] of rows) {
    it(`HTTP-22 refuses ${method.slice(0, 9)} ${path} with ${code}`, () => {
      const error = assertThrows(() => requireRoute(method, path), EngineError);
      assertEquals(error.code, code);
    });
  }
});

describe("compileTokens()", () => {
  const rows = [
    { ...tokens, agent: "" },
    { ...tokens, operator: "a".repeat(31) },
    { ...tokens, agent: `${tokens.agent}\n` },
    { ...tokens, operator: tokens.agent },
    { ...tokens, approver: "a".repeat(31) },
    { ...tokens, approver: "" },
    { ...tokens, approver: tokens.agent },
    { ...tokens, approver: tokens.operator },
    { agent: tokens.agent, operator: tokens.agent, approver: null },
  ];
  for (const [index, row] of rows.entries()) {
    it(`refuses unfit tokens at once (${index})`, () => {
      const error = assertThrows(() => compileTokens(row, sha256), EngineError);
      assertEquals(error.code, "secret_invalid");
    });
  }
});
