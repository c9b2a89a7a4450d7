/**
 * Asks the engine about requests and lists of tools, and tells it what came of them. Every transport
 * has one.
 *
 * @module
 */
import type { Alarm } from "../../core/audit/alarm.ts";
import type { Outcome, Settlement } from "../../core/audit/outcome.ts";
import type { Decision } from "../../core/decision/decision.ts";
import { EngineError, toEngineError } from "../../core/errors.ts";
import { maxLabelCharacters } from "../../core/limits.ts";
import { nameMcpTool } from "../../core/operation/mcp_names.ts";
import type { Operation } from "../../core/operation/operation.ts";
import type { ToolDefinition } from "../../core/operation/tool_definitions.ts";
import { describeOverride } from "../hook/describe_override.ts";
import { describeAlarms, describeDecisions, describeFailure } from "../hook/describe_verdict.ts";
import type { McpRequest } from "./mcp_message.ts";
import { type McpCaller, planListing, planRequest } from "./plan_request.ts";

/** What decides, with the process sealed already. */
export interface McpRoad {
  readonly check: (
    operations: readonly Operation[],
    options: { readonly expectsOutcome?: true },
  ) => Promise<readonly Decision[]>;
  /** Records what came of a call; alarms for what no decision explains. */
  readonly outcome: (outcome: Outcome) => Promise<readonly Alarm[]>;
  readonly settle: (settlement: Settlement) => Promise<readonly Alarm[]>;
}

/** A decided request that waits for its answer. */
export interface McpTicket {
  readonly correlationId: string;
  readonly session: string;
  readonly tool: string;
}

export type McpVerdict =
  /** Null where nobody need be asked, or told. */
  | { readonly kind: "allow"; readonly ticket: McpTicket | null }
  /** `text` is for the model; `decision` is null where nobody could decide. */
  | {
    readonly kind: "stop";
    readonly isAsk: boolean;
    readonly text: string;
    readonly decision: Decision | null;
  };

export type McpListVerdict =
  /** Names of tools that must not be shown. */
  | { readonly kind: "show"; readonly hidden: ReadonlySet<string> }
  | { readonly kind: "stop"; readonly text: string; readonly decision: Decision | null };

export interface McpGuardOptions {
  readonly road: McpRoad;
  readonly caller: McpCaller;
  /** Unique in the log, for the life of the proxy. */
  readonly newId: () => string;
  /** For people; one line. */
  readonly say: (line: string) => void;
}

/**
 * Outcomes wait until nobody is calling: an entry of the last call would be written while the next
 * one waits. Fewer than the state holds of them.
 */
const quietMs = 20;
const maxUnsaid = 16;

/** Violations an answer shows; see encode_decision.ts. */
const maxShownViolations = 100;

export class McpGuard {
  readonly caller: McpCaller;
  readonly #options: McpGuardOptions;
  #reports: Promise<void> = Promise.resolve();
  #unsaid: Outcome[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: McpGuardOptions) {
    this.caller = options.caller;
    this.#options = options;
  }

  /**
   * Never rejects but for what nobody could plan.
   *
   * @param definition As the server lists the tool now; null for what is no tool.
   * @throws {McpFault}
   */
  async judge(request: McpRequest, definition: ToolDefinition | null): Promise<McpVerdict> {
    const correlationId = this.#options.newId();
    const operation = planRequest(request, this.caller, { correlationId, definition });
    if (operation === null) return { kind: "allow", ticket: null };
    try {
      const decision = await this.#ask(operation, { expectsOutcome: true });
      const approval = describeOverride([decision]);
      const verdict = describeDecisions([decision], operation, approval);
      if (verdict.kind === "none") {
        const tool = (operation.tool?.name ?? "").slice(0, maxLabelCharacters);
        return { kind: "allow", ticket: { correlationId, session: this.caller.session, tool } };
      }
      const isAsk = verdict.kind === "ask";
      const text = "text" in verdict ? verdict.text : "";
      // Here nobody asks in the agent's place: to the model a question is a denial.
      const end = isAsk
        ? ` It was not carried out.${approval === null ? "" : ` ${approval}.`}`
        : "";
      return { kind: "stop", isAsk, text: `${text}${end}`, decision };
    } catch (thrown) {
      const { text } = describeFailure(toEngineError(thrown)) as { readonly text: string };
      return { kind: "stop", isAsk: false, text, decision: null };
    }
  }

  /** What of a whole list of tools may be shown. Never rejects. */
  async judgeList(definitions: readonly ToolDefinition[]): Promise<McpListVerdict> {
    try {
      const operation = planListing(definitions, this.caller, this.#options.newId());
      const decision = await this.#ask(operation, {});
      if (decision.allowed) return { kind: "show", hidden: new Set() };
      const hidden = this.#changedTools(decision, definitions);
      if (hidden !== null) {
        this.#options.say(`${decision.reason} (decision ${decision.decision_id})`);
        return { kind: "show", hidden };
      }
      const described = describeDecisions([decision], operation, describeOverride([decision]));
      const text = "text" in described ? described.text : decision.reason;
      return { kind: "stop", text, decision };
    } catch (thrown) {
      const { text } = describeFailure(toEngineError(thrown)) as { readonly text: string };
      return { kind: "stop", text, decision: null };
    }
  }

  /** Records an outcome behind the answer; what it finds is said to people. */
  report(ticket: McpTicket, status: Outcome["status"]): void {
    this.#unsaid.push({ ...ticket, status });
    clearTimeout(this.#timer);
    if (this.#unsaid.length >= maxUnsaid) return this.#tell();
    this.#timer = setTimeout(() => this.#tell(), quietMs);
  }

  /** Ends the wait for outcomes. */
  async close(): Promise<void> {
    const { session } = this.caller;
    this.#tell();
    this.#queue(async () =>
      await this.#options.road.settle({ session, reason: "session_end", ended: true })
    );
    await this.#reports;
  }

  #tell(): void {
    clearTimeout(this.#timer);
    const unsaid = this.#unsaid;
    this.#unsaid = [];
    for (const outcome of unsaid) {
      this.#queue(async () => await this.#options.road.outcome(outcome));
    }
  }

  /** Names that changed, where that is all there is against the list; else null. */
  #changedTools(
    { violations }: Decision,
    definitions: readonly ToolDefinition[],
  ): ReadonlySet<string> | null {
    // SECURITY: what is not shown is not hidden either.
    if (violations.length === 0 || violations.length >= maxShownViolations) return null;
    const named = new Set(
      violations.map(({ code, effect }) => code === "tool_changed" ? effect?.resource ?? "" : ""),
    );
    const hidden = definitions.map(({ tool }) => tool)
      .filter((tool) => named.has(nameMcpTool(this.caller.server, tool)));
    return hidden.length === named.size ? new Set(hidden) : null;
  }

  async #ask(operation: Operation, options: { readonly expectsOutcome?: true }): Promise<Decision> {
    const [decision] = await this.#options.road.check([operation], options);
    if (decision === undefined) throw new EngineError("internal", "The engine gave no answer");
    return decision;
  }

  #queue(step: () => Promise<readonly Alarm[]>): void {
    const { say } = this.#options;
    this.#reports = this.#reports.then(step).then((alarms) => {
      const verdict = alarms.length === 0 ? null : describeAlarms(alarms);
      if (verdict !== null && "text" in verdict) say(verdict.text);
    }).catch((thrown) => {
      const { code, message } = toEngineError(thrown);
      say(`Cannot record what came of a call: ${message} (${code})`);
    });
  }
}
