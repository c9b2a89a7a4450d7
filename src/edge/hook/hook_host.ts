/**
 * What differs from host to host.
 *
 * @module
 */
import type { Operation } from "../../core/operation/operation.ts";
import type { HookAnswer, HookVerdict } from "./hook_answer.ts";
import type { HookHostName, ParsedHookEvent } from "./hook_event.ts";
import type { ToolContext } from "./tool_table.ts";

export interface HookHost {
  readonly name: HookHostName;
  /** Tells what came of a tool it ran, under the id of the call that was judged. */
  readonly reportsOutcomes: boolean;
  /** Tells the end of a session, not only of each turn. */
  readonly endsSessions: boolean;
  /** @throws {EngineError} for anything but one event of this host. */
  readonly parse: (text: string) => ParsedHookEvent;
  /**
   * The operation of a judged event.
   *
   * @throws {EngineError} when it makes none.
   */
  readonly plan: (event: ParsedHookEvent, context: ToolContext) => Operation;
  /** Total. The event is null as long as nobody could read it. */
  readonly encode: (event: ParsedHookEvent | null, verdict: HookVerdict) => HookAnswer;
}
