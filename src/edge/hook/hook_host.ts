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
