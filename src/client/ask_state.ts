/**
 * What is in force at the server, and whether it can decide; see Client in client.ts.
 *
 * @module
 */
import { parseBody, untrusted } from "../core/integrity/parse_answer.ts";
import type { JsonObject } from "../core/operation/operation.ts";
import { isJsonObject } from "../core/operation/parse_field.ts";
import { decodeUtf8, parseStrictJson } from "../core/strict_json.ts";
import { askProven } from "./ask_proven.ts";
import type { Peer } from "./exchange.ts";

/** @throws {EngineError} The server's own code; `server_unreachable`, `server_untrusted`. */
export async function askPolicy(
  peer: Peer,
  path: "/v1/status" | "/v1/verify",
): Promise<JsonObject> {
  const { body, status } = await askProven(peer, { path, body: null }, []);
  const json = parseBody(body, status);
  const isPolicy = isJsonObject(json) && json["schema_version"] === 1 &&
    (json["status"] === "trusted" || json["status"] === "unaccepted" ||
      json["status"] === "tampered");
  // SECURITY: the signature covers no path; only one of the two answers speaks of drift.
  if (isPolicy && (path === "/v1/verify" || Object.hasOwn(json, "drift"))) return json;
  throw untrusted("it holds no policy status");
}

/** @throws {EngineError} As askPolicy; "not ready" is an answer. */
export async function isReady(peer: Peer): Promise<boolean> {
  const { body, status } = await askProven(peer, { path: "/readyz", body: null }, []);
  const code = "server_untrusted";
  const json = parseStrictJson(decodeUtf8(body, code), { code });
  const { ready, allowed } = isJsonObject(json) ? json : {};
  const isAnswer = allowed === false &&
    ((status === 200 && ready === true) || (status === 503 && ready === false));
  if (isAnswer) return status === 200;
  // A refusal is thrown here.
  parseBody(body, status);
  throw untrusted("it does not say whether it is ready");
}
