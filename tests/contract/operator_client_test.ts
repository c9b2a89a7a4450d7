/** The clients' newer questions, to servers that sign what was not asked. */
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { newSigningKeyPem, openSigningKey } from "../../src/adapter/signing_key.ts";
import { type Client, createClient } from "../../src/client.ts";
import { EngineError } from "../../src/core/errors.ts";
import { createOperatorClient, type OperatorClient } from "../../src/operator_client.ts";
import { signAnswer, type SignedContent } from "../support/sign_answer.ts";
import { createTestApp, publicKey, tokens } from "../support/test_app.ts";

const key = openSigningKey(newSigningKeyPem());

async function withServer<T>(
  answer: (request: Request) => Response | Promise<Response>,
  use: (url: string, hostName: string) => Promise<T>,
): Promise<T> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => undefined }, answer);
  const host = `127.0.0.1:${server.addr.port}`;
  try {
    return await use(`http://${host}`, host);
  } finally {
    await server.shutdown();
  }
}

/** The code of what is thrown at an answer of this body, signed for exactly the question. */
function codeAt(
  content: Omit<SignedContent, "key">,
  ask: (clients: { readonly agent: Client; readonly operator: OperatorClient }) => Promise<unknown>,
): Promise<string> {
  return withServer((request) => signAnswer(request, { key, ...content }), async (url) => {
    const peer = { url, publicKey: key.publicKey };
    const agent = createClient({ ...peer, token: tokens.agent });
    const operator = createOperatorClient({ ...peer, token: tokens.operator });
    return (await assertRejects(() => ask({ agent, operator }), EngineError)).code;
  });
}

describe("the clients, asked for state and log", () => {
  it("give what an honest server says", async () => {
    const { app, hosts } = createTestApp();
    await withServer((request) => app.fetch(request), async (url, host) => {
      hosts.push(host);
      const agent = createClient({ url, token: tokens.agent, publicKey });
      const operator = createOperatorClient({ url, token: tokens.operator, publicKey });
      assertEquals((await agent.verify())["status"], "trusted");
      assertEquals((await agent.status())["status"], "trusted");
      assertEquals(await agent.isReady(), true);
      assertEquals((await operator.events({ type: "A.B", file: "a b&c/**" })).length, 1);
      assertEquals(typeof (await operator.verifyLog()).verdict, "string");
      const refused = await assertRejects(() => operator.events({ color: "red" }), EngineError);
      assertEquals(refused.code, "usage");
    });
  });

  it("ARCH-07 refuse what was signed for another path or query", async () => {
    const ours = { schema_version: 1 };
    const policy = { ...ours, status: "trusted" };
    const codes = [
      await codeAt({ body: policy }, ({ agent }) => agent.status()),
      await codeAt(
        { body: { ...ours, status: "fine", drift: null } },
        ({ agent }) => agent.status(),
      ),
      await codeAt({ body: { ...ours, verdict: "OK" } }, ({ agent }) => agent.verify()),
      await codeAt({ body: { ready: true } }, ({ agent }) => agent.isReady()),
      await codeAt({ body: { ready: false, allowed: false } }, ({ agent }) => agent.isReady()),
      await codeAt(
        { body: { ...ours, query: "limit=2", entries: [] } },
        ({ operator }) => operator.events({ limit: 1 }),
      ),
      await codeAt({ body: { ...ours, entries: [] } }, ({ operator }) => operator.events()),
      await codeAt(
        { body: { ...ours, query: "", entries: [{}] } },
        ({ operator }) => operator.events(),
      ),
      await codeAt({ body: policy }, ({ operator }) => operator.verifyLog()),
      await codeAt({ body: policy }, ({ operator }) => operator.listOverrides()),
    ];
    assertEquals(codes, codes.map(() => "server_untrusted"));
  });
});
