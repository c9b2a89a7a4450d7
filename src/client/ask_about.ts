/**
 * A question that is none about operations: the answer's document, proven and without a refusal.
 *
 * @module
 */
import { parseBody, untrusted } from "../core/integrity/parse_answer.ts";
import type { JsonObject } from "../core/operation/operation.ts";
import { isJsonObject } from "../core/operation/parse_field.ts";
import { askProven, goodStatusOf } from "./ask_proven.ts";
import type { Message, Peer } from "./exchange.ts";

/**
 * @throws {EngineError} The server's own code when it refused; `server_unreachable`;
 *   `server_untrusted` for anything but an answer of version 1 that allows nothing by itself.
 */
export async function askAbout(peer: Peer, message: Message): Promise<JsonObject> {
  const { status, body } = await askProven(peer, message, []);
  const isGood = status === goodStatusOf(message);
  if (!isGood && status === 200) throw untrusted("it is an answer to something else");
  const json = parseBody(body, isGood ? 200 : status);
  const isOurs = isJsonObject(json) && json["schema_version"] === 1 && json["allowed"] === false;
  if (isOurs) return json;
  throw untrusted("it is no answer about approvals");
}
