/**
 * One hook call from its input to its answer. Total: whatever happens, and however long it takes,
 * there is an answer, and until a full verdict exists it denies.
 *
 * @module
 */
import type { Decision } from "../../core/decision/decision.ts";
import { EngineError, toEngineError } from "../../core/errors.ts";
import { maxHookEventBytes } from "../../core/limits.ts";
import type { Operation } from "../../core/operation/operation.ts";
import { decodeUtf8 } from "../../core/strict_json.ts";
import {
  describeAlarms,
  describeDecisions,
  describeFailure,
  describeUnenrolled,
} from "./describe_verdict.ts";
import type { HookAnswer, HookVerdict } from "./hook_answer.ts";
import type { HookObserver, ParsedHookEvent } from "./hook_event.ts";
import type { HookHost } from "./hook_host.ts";
import type { ToolContext } from "./tool_table.ts";

/** What decides, with the process already sealed. */
export interface HookRoad extends ToolContext {
  /** One decision of each install the operation concerns; none where nothing is guarded. */
  readonly judge: (operation: Operation) => Promise<readonly Decision[]>;
  /** Left out: what comes after the fact is not recorded. */
  readonly observe?: HookObserver;
}

export interface HookCall {
  readonly host: HookHost;
  /** Seals the process; called before the first byte of input is read. */
  readonly open: () => Promise<HookRoad>;
  /** At most `limitBytes`; more is refused. */
  readonly readInput: (limitBytes: number) => Promise<Uint8Array>;
  readonly onUnenrolled: "allow" | "deny";
  /** For everything together. */
  readonly deadlineMs: number;
}

/** How far a call has come: what the answer at the deadline depends on. */
interface Progress {
  event: ParsedHookEvent | null;
}

/** Never rejects. */
export async function runHook(call: HookCall): Promise<HookAnswer> {
  const progress: Progress = { event: null };
  const verdict = await inTime(call, () => findVerdict(call, progress));
  return call.host.encode(progress.event, verdict);
}

async function inTime(
  { deadlineMs }: HookCall,
  find: () => Promise<HookVerdict>,
): Promise<HookVerdict> {
  const late = Promise.withResolvers<HookVerdict>();
  const timer = setTimeout(() => late.resolve(describeFailure(tooLate(deadlineMs))), deadlineMs);
  try {
    return await Promise.race([late.promise, find()]);
  } catch (thrown) {
    return describeFailure(toEngineError(thrown));
  } finally {
    clearTimeout(timer);
  }
}

function tooLate(deadlineMs: number): EngineError {
  return new EngineError("resources_exhausted", `no verdict within ${deadlineMs} ms`, {
    hint: "look for a slow disk, a held lock, a server that hangs, or input that never ends",
  });
}

async function findVerdict(call: HookCall, progress: Progress): Promise<HookVerdict> {
  const road = await call.open();
  const event = call.host.parse(decodeUtf8(await call.readInput(maxHookEventBytes)));
  progress.event = event;
  if (event.kind === "observed") return await observe(event, call.host, road);
  const operation = call.host.plan(event, road);
  const [first, ...others] = await road.judge(operation);
  if (first !== undefined) return describeDecisions([first, ...others], operation);
  return call.onUnenrolled === "deny"
    ? describeUnenrolled(operation)
    : { kind: "none", decision: null };
}

async function observe(
  event: ParsedHookEvent,
  host: HookHost,
  road: HookRoad,
): Promise<HookVerdict> {
  if (road.observe === undefined) return { kind: "none", decision: null };
  const { alarms } = await road.observe(event, planAfterwards(event, host, road));
  return alarms.length === 0 ? { kind: "none", decision: null } : describeAlarms(alarms);
}

/** After the fact nothing is refused: what makes no operation was denied before it ran. */
function planAfterwards(
  event: ParsedHookEvent,
  host: HookHost,
  context: ToolContext,
): Operation | null {
  try {
    return event.tool === null ? null : host.plan(event, context);
  } catch (thrown) {
    if (thrown instanceof EngineError) return null;
    throw thrown;
  }
}
