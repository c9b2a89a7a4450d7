/**
 * Typed client of whoever reads the log, with the operator's token. Fails closed as client.ts does:
 * what it returns is proven, or it throws.
 *
 * @module
 */
import { askAbout } from "./client/ask_about.ts";
import { askProven } from "./client/ask_proven.ts";
import type { Peer } from "./client/exchange.ts";
import { parsePeer, type PeerOptions } from "./client/peer.ts";
import type { Entry } from "./core/audit/entry.ts";
import type { LogReport } from "./core/audit/log_report.ts";
import { parseBody, untrusted } from "./core/integrity/parse_answer.ts";
import type { Json, JsonObject } from "./core/operation/operation.ts";
import { isJsonObject } from "./core/operation/parse_field.ts";
import type { OverrideListing } from "./core/override/override_views.ts";
import { parseListing } from "./core/override/parse_views.ts";

/** Where the server is, and how it is known again; `token` is the operator's. */
export type OperatorClientOptions = Omit<PeerOptions, "unmeasured">;

/** The filters of `audit query`, in the wire's names: `min_severity`, `decision`, `after`, ... */
export type EventQuery = Readonly<Record<string, string | number>>;

/**
 * Every method throws EngineError unless the answer is proven and about what was asked:
 * `server_unreachable`, `server_untrusted`, else the server's own code.
 */
export interface OperatorClient {
  /** Verified entries that fit all filters, the newest `limit` (200 at most), in log order. */
  readonly events: (query?: EventQuery) => Promise<readonly Entry[]>;
  /** The verdict on the whole chain. */
  readonly verifyLog: () => Promise<LogReport>;
  /** Requests that wait for a person, grants, approvers. */
  readonly listOverrides: () => Promise<OverrideListing>;
}

/**
 * Makes a client; sends nothing.
 *
 * @throws {EngineError} `usage` when URL, token or key is not of its form.
 */
export function createOperatorClient(options: OperatorClientOptions): OperatorClient {
  const peer = parsePeer(options);
  return {
    events: (query = {}) => askEvents(peer, query),
    verifyLog: async () => {
      const answer = await ask(peer, "/v1/audit/verify");
      if (typeof answer["verdict"] === "string") return answer as unknown as LogReport;
      throw untrusted("it holds no verdict");
    },
    listOverrides: async () => {
      const answer = await askAbout(peer, { path: "/v1/override/list", body: null });
      const listing = parseListing(answer);
      if (listing === null) throw untrusted("it holds no listing");
      return listing;
    },
  };
}

async function askEvents(peer: Peer, query: EventQuery): Promise<readonly Entry[]> {
  const pairs = Object.entries(query).map(([name, value]) => [name, String(value)]);
  const text = new URLSearchParams(pairs).toString();
  const answer = await ask(peer, `/v1/audit/events${text === "" ? "" : `?${text}`}`);
  const { entries } = answer;
  // SECURITY: the signature covers no query; the answer says itself which it answers.
  if (answer["query"] !== text || !Array.isArray(entries) || !entries.every(isEntry)) {
    throw untrusted("it is no answer to this query");
  }
  return entries as unknown as readonly Entry[];
}

function isEntry(value: Json): boolean {
  return isJsonObject(value) && typeof value["seq"] === "number" &&
    typeof value["type"] === "string" && typeof value["mac"] === "string";
}

async function ask(peer: Peer, path: string): Promise<JsonObject> {
  const { status, body } = await askProven(peer, { path, body: null }, []);
  const json = parseBody(body, status);
  if (isJsonObject(json) && json["schema_version"] === 1) return json;
  throw untrusted("it holds nothing that was asked for");
}
