/**
 * Typed client of a person who answers requests, with the approver's token. Fails closed as
 * client.ts does: what it returns is proven, or it throws.
 *
 * @module
 */
import { askAbout } from "./client/ask_about.ts";
import { encodeJson } from "./client/encode_json.ts";
import type { Message } from "./client/exchange.ts";
import { parsePeer, type PeerOptions } from "./client/peer.ts";
import { EngineError } from "./core/errors.ts";
import { untrusted } from "./core/integrity/parse_answer.ts";
import type { JsonObject } from "./core/operation/operation.ts";
import { idPattern } from "./core/override/answer_fields.ts";
import { encodeApproval, parseApproval, type SentApproval } from "./core/override/approval_body.ts";
import type {
  OverrideListing,
  OverrideStatus,
  ShownRequest,
} from "./core/override/override_views.ts";
import { parseListing, parseShown, parseStatus } from "./core/override/parse_views.ts";

/** Where the server is, and how it is known again; `token` is the approver's. */
export type ApproverClientOptions = Omit<PeerOptions, "unmeasured">;

/**
 * Every method throws EngineError unless the answer is proven and about what was asked:
 * `server_unreachable`, `server_untrusted`, `operation_invalid` before anything is sent, else the
 * server's own code. After `server_unreachable` an approval may have been granted: look.
 */
export interface ApproverClient {
  readonly list: () => Promise<OverrideListing>;
  readonly show: (requestId: string) => Promise<ShownRequest>;
  readonly approve: (approval: SentApproval) => Promise<OverrideStatus>;
  readonly deny: (requestId: string, justification: string) => Promise<OverrideStatus>;
  readonly revoke: (overrideId: string, justification: string) => Promise<OverrideStatus>;
}

/**
 * Makes a client; sends nothing.
 *
 * @throws {EngineError} `usage` when URL, token or key is not of its form.
 */
export function createApproverClient(options: ApproverClientOptions): ApproverClient {
  const peer = parsePeer(options);
  const ask = (message: Message) => askAbout(peer, message);
  const act = (name: string, body: string) =>
    ask({ path: `/v1/override/${name}`, body, headers: { "sealward-approve": "1" } });
  return {
    list: async () =>
      parseListing(await ask({ path: "/v1/override/list", body: null })) ?? refuse("listing"),
    show: async (requestId) => {
      // Anything else would be another query.
      if (!idPattern.test(requestId)) throw unfitId();
      const answer = await ask({ path: `/v1/override/show?id=${requestId}`, body: null });
      const shown = parseShown(answer["request"]);
      return shown?.request_id === requestId ? shown : refuse("request that was asked for");
    },
    approve: async (approval) => {
      const body = encodeApproval(approval);
      parseApproval(body);
      return statusOf(await act("approve", body), "request_id", approval.requestId);
    },
    deny: async (requestId, justification) => {
      const body = encodeJson({ request_id: requestId, justification });
      return statusOf(await act("deny", body), "request_id", requestId);
    },
    revoke: async (overrideId, justification) => {
      const body = encodeJson({ override_id: overrideId, justification });
      return statusOf(await act("revoke", body), "override_id", overrideId);
    },
  };
}

/** SECURITY: the signature covers no body sent; the answer must name what it is about itself. */
function statusOf(
  answer: JsonObject,
  member: "request_id" | "override_id",
  id: string,
): OverrideStatus {
  const status = parseStatus(answer["override"]);
  return status?.[member] === id ? status : refuse("answer about this");
}

function refuse(wanted: string): never {
  throw untrusted(`it holds no ${wanted}`);
}

function unfitId(): EngineError {
  return new EngineError("operation_invalid", "Got an unfit id, wanted 32 hex digits");
}
