/**
 * One hook call from its input to its answer. Total: whatever happens, and however long it takes,
 * there is an answer, and until a full verdict exists it denies.
 *
 * @module
 */
import type { Alarm } from "../../core/audit/alarm.ts";
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
  describeUnrecorded,
} from "./describe_verdict.ts";
import type { HookAnswer, HookVerdict } from "./hook_answer.ts";
import type { ParsedHookEvent } from "./hook_event.ts";
import type { HookHost } from "./hook_host.ts";
import type { Observation } from "./plan_observation.ts";
import type { ToolContext } from "./tool_table.ts";

export interface HookJudgeOptions {
  /** The host will tell what came of it. */
  readonly expectsOutcome?: true;
}

/** What decides, with the process already sealed. */
export interface HookRoad extends ToolContext {
  /** One decision of each install the operation concerns; none where nothing is guarded. */
  readonly judge: (
    operation: Operation,
    options: HookJudgeOptions,
  ) => Promise<readonly Decision[]>;
  /** Records what came after the fact; answers with what no decision explains. */
  readonly observe: (observation: Observation) => Promise<readonly Alarm[]>;
  /** What can wait until the host has its answer. */
  readonly tidy: () => Promise<void>;
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
  const verdict = await inTime(call, progress);
  return call.host.encode(progress.event, verdict);
}

async function inTime(call: HookCall, progress: Progress): Promise<HookVerdict> {
  const { deadlineMs } = call;
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(tooLate(deadlineMs)), deadlineMs);
  try {
    return await Promise.race([late.promise, findVerdict(call, progress)]);
  } catch (thrown) {
    const error = toEngineError(thrown);
    return progress.event?.kind === "observed" ? describeUnrecorded(error) : describeFailure(error);
  } finally {
    clearTimeout(timer);
  }
}

function tooLate(deadlineMs: number): EngineError {
  return new EngineError("resources_exhausted", `no verdict within ${deadlineMs} ms`, {
    hint: "look for a slow disk, a held lock, a server that hangs, input that never ends, or " +
      "checks of the policy whose deadlines add up",
  });
}

async function findVerdict(call: HookCall, progress: Progress): Promise<HookVerdict> {
  const road = await call.open();
  const event = call.host.parse(decodeUtf8(await call.readInput(maxHookEventBytes)));
  progress.event = event;
  if (event.kind === "observed") return await observe(event, call.host, road);
  const operation = call.host.plan(event, road);
  // Of a permission request nothing more is heard than of the tool call it belongs to.
  const isReported = call.host.reportsOutcomes && event.kind === "before";
  const options = isReported ? { expectsOutcome: true } as const : {};
  const decisions = await road.judge(operation, options);
  const [first, ...others] = decisions;
  if (first !== undefined) {
    return describeDecisions([first, ...others], operation, await findApproval(decisions));
  }
  return call.onUnenrolled === "deny"
    ? describeUnenrolled(operation)
    : { kind: "none", decision: null };
}

/** Loaded where a denial has something to say of approvals: most calls pay nothing for it. */
async function findApproval(decisions: readonly Decision[]): Promise<string | null> {
  if (decisions.every(({ override }) => override === undefined)) return null;
  return (await import("./describe_override.ts")).describeOverride(decisions);
}

async function observe(
  event: ParsedHookEvent,
  host: HookHost,
  road: HookRoad,
): Promise<HookVerdict> {
  const { planObservation } = await import("./plan_observation.ts");
  const observation = planObservation(host, event, road);
  const alarms = observation === null ? [] : await road.observe(observation);
  return alarms.length === 0 ? { kind: "none", decision: null } : describeAlarms(alarms);
}
