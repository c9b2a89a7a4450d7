/**
 * The app around a fake engine, asked in memory; defaults make a request that passes every guard,
 * so that a test states only what is wrong with its own.
 */
import { newSigningKeyPem, openSigningKey } from "../../src/adapter/signing_key.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { encodeKeyId } from "../../src/core/integrity/answer_proof.ts";
import { createApp } from "../../src/edge/server/create_app.ts";
import { type RoutePath, routes } from "../../src/edge/server/routes.ts";
import { createFakeEngine, type FakeEngine, type FakeEngineOptions } from "./fake_engine.ts";

export const host = "127.0.0.1:8787";
export const tokens = {
  agent: "agent-".padEnd(43, "a"),
  operator: "operator-".padEnd(43, "o"),
  approver: "approver-".padEnd(43, "p"),
};
export const nonce = "0123456789abcdefABCDEF_-";
export const write = { type: "file_write", affected_files: ["src/app.ts"] };

const key = openSigningKey(newSigningKeyPem());
/** Raw Ed25519 public key of every test app. */
export const publicKey = key.publicKey;

/** An app whose Host list may grow, for listeners on port 0. */
export function createTestApp(options: FakeEngineOptions = {}): TestApp {
  const engine = createFakeEngine(options);
  const logged: string[] = [];
  const hosts = [host];
  const app = createApp({
    engine,
    tokens,
    hosts,
    sha256,
    sign: key.sign,
    keyId: encodeKeyId(sha256(key.publicKey)),
    readSandbox: () => options.sandbox ?? null,
    log: (line) => logged.push(line),
  });
  return { app, engine, hosts, logged, send: (sent) => ask(app, sent) };
}

export interface TestApp {
  readonly app: ReturnType<typeof createApp>;
  readonly engine: FakeEngine;
  readonly hosts: string[];
  readonly logged: readonly string[];
  readonly send: (sent?: Sent) => Promise<TestAnswer>;
}

export interface Sent {
  readonly path?: string;
  /** Default: the route's, else GET. */
  readonly method?: string;
  /** Over the defaults; null removes one. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly body?: BodyInit;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

async function ask(app: TestApp["app"], sent: Sent = {}): Promise<TestAnswer> {
  const { path = "/v1/check" } = sent;
  const method = sent.method ??
    methodOf(path);
  const headers = new Headers({ host, authorization: `Bearer ${tokens.agent}` });
  if (method === "POST") headers.set("content-type", "application/json");
  for (const [name, value] of Object.entries(sent.headers ?? {})) {
    if (value === null) headers.delete(name);
    else headers.set(name, value);
  }
  // A null body would be a request without one; a stream needs "duplex", which the type lacks.
  const body = method === "POST" ? sent.body ?? JSON.stringify(write) : null;
  const init = { method, headers, body, duplex: "half" } as RequestInit;
  const response = await app.request(`http://${host}${path}`, init);
  const text = await response.text();
  const json = text === "" ? {} : JSON.parse(text);
  return { status: response.status, headers: response.headers, text, json };
}

function methodOf(target: string): string {
  const [path = ""] = target.split("?");
  return Object.hasOwn(routes, path) ? routes[path as RoutePath].method : "GET";
}
