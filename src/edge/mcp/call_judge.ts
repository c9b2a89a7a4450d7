/**
 * Judges a request by what the server says of the tool now; one for each conversation.
 *
 * @module
 */
import type { JsonObject } from "../../core/operation/operation.ts";
import type { Sha256 } from "../../core/ports.ts";
import { planElicitation, readRetry } from "./elicit_approval.ts";
import { capabilitiesOf, isModern } from "./mcp_answers.ts";
import type { McpGuard, McpTicket, McpVerdict } from "./mcp_guard.ts";
import type { McpRequest } from "./mcp_message.ts";
import { toolOf } from "./plan_request.ts";
import { SuspendedRequests } from "./suspended_requests.ts";
import { type ListTools, ToolWatch } from "./tool_watch.ts";

export type JudgedCall =
  | { readonly kind: "pass"; readonly request: McpRequest; readonly ticket: McpTicket | null }
  | { readonly kind: "deny"; readonly request: McpRequest; readonly verdict: Stop }
  /** A person can be shown it, past the model. */
  | {
    readonly kind: "elicit";
    readonly request: McpRequest;
    readonly verdict: Stop;
    readonly elicitation: JsonObject;
  };

type Stop = Extract<McpVerdict, { readonly kind: "stop" }>;

export class CallJudge {
  readonly tools: ToolWatch;
  readonly suspended = new SuspendedRequests();
  readonly #guard: McpGuard;
  readonly #approvalUrl: string | null;

  constructor(guard: McpGuard, sha256: Sha256, approvalUrl: string | null) {
    this.tools = new ToolWatch(guard, sha256);
    this.#guard = guard;
    this.#approvalUrl = approvalUrl;
  }

  /**
   * Judges a request, as it was before the proxy asked for it again.
   *
   * @param capabilities Of a client that declared them once for all; a modern one's stand in each
   *   request.
   */
  async judge(given: McpRequest, list: ListTools, capabilities: JsonObject): Promise<JudgedCall> {
    const retry = readRetry(given);
    const request = retry ?? given;
    const verdict = await this.ask(request, list);
    if (verdict.kind === "allow") return { kind: "pass", request, ticket: verdict.ticket };
    const declared = isModern(request) ? capabilitiesOf(request) : capabilities;
    const elicitation = verdict.isAsk && retry === null
      ? planElicitation(verdict.decision, declared, this.#approvalUrl)
      : null;
    if (elicitation === null) return { kind: "deny", request, verdict };
    return { kind: "elicit", request, verdict, elicitation };
  }

  /** The verdict alone. @throws {McpFault} */
  async ask(request: McpRequest, list: ListTools): Promise<McpVerdict> {
    if (request.method !== "tools/call") return await this.#guard.judge(request, null);
    const tool = toolOf(request);
    const definition = await this.tools.find(tool, request, list);
    const verdict = await this.#guard.judge(request, definition);
    if (verdict.kind === "stop" || definition !== null) return verdict;
    // SECURITY: what is not listed cannot be compared with what was trusted.
    if (verdict.ticket !== null) this.#guard.report(verdict.ticket, "failed");
    const text = `Sealward denied it: the server lists no tool ${JSON.stringify(tool)}.`;
    return { kind: "stop", isAsk: false, text, decision: null };
  }
}
