/**
 * `sealward override wait`: waits for a person's answer, for agents and scripts.
 *
 * @module
 */
import { type ErrorCode, toEngineError } from "../../../core/errors.ts";
import type { OverrideStatus } from "../../../pdp/override_desk.ts";
import { renderOverrideStatus } from "../../render_override_status.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import type { OverrideRoad } from "../override_road.ts";
import { quote, usageError } from "../usage_error.ts";
import { onRoad, readId, requestPositional, roadFlags } from "./override_flags.ts";
import { printAnswer } from "./print.ts";

export const overrideWaitCommand: Command<CliContext> = {
  path: ["override", "wait"],
  summary: "Wait until a person has answered a request",
  description: "Asks until the request no longer waits; it ends by itself when it expires. Given " +
    "up by --timeout, the request is taken back, unless --keep leaves it to people. An approval is " +
    "no decision: ask for the operation again.",
  examples: [
    { command: "sealward override wait ID", what: "as long as the request lives" },
    { command: "sealward override wait ID --timeout 60 --keep", what: "ask again later" },
  ],
  flags: [
    {
      name: "timeout",
      kind: "string",
      value: "SECONDS",
      description: "Wait no longer; 0 asks once (default: until it expires)",
    },
    { name: "keep", kind: "boolean", description: "Leave the request pending at the timeout" },
    ...roadFlags,
  ],
  positionals: [requestPositional],
  exits: [
    [0, "approved: ask for the operation again"],
    [1, "could not look"],
    [2, "denied, expired, taken back, used or revoked"],
    [3, "no such request"],
    [4, "nobody answered in time"],
    [5, "policy or log was tampered with"],
  ],
  run: runOverrideWait,
};

const firstPauseMs = 250;
const maxPauseMs = 2_000;
const pauseGrowth = 1.5;
const maxTimeoutSeconds = 86_400;
/** Looks in a row that may fail while a server starts anew or a log is busy. */
const maxFailures = 5;
const passing: ReadonlySet<ErrorCode> = new Set([
  "server_unreachable",
  "request_busy",
  "audit_busy",
]);

async function runOverrideWait(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const id = readId(parsed);
  const timeoutMs = parseTimeout(parsed);
  return await onRoad(context, parsed, { role: "asker" }, async (road) => {
    const waited = await waitFor(road, context, { id, timeoutMs });
    const isOver = waited.status !== "pending";
    const status = isOver || parsed.flags.isSet("keep") ? waited : await road.timeOut(id);
    printAnswer(context, parsed, renderOverrideStatus(status, context.render(parsed.format)));
    return exitOf(status, isOver);
  });
}

/** Null: for ever, since every request expires. */
function parseTimeout({ flags }: ParsedArguments): number | null {
  const text = flags.text("timeout");
  if (text === null) {
    if (!flags.isSet("keep")) return null;
    throw usageError("Flag --keep speaks of a timeout", "give --timeout SECONDS too");
  }
  const seconds = /^(?:0|[1-9][0-9]{0,4})$/.test(text) ? Number(text) : Infinity;
  if (seconds <= maxTimeoutSeconds) return seconds * 1_000;
  throw usageError(
    `Got ${quote(text)} for --timeout, wanted whole seconds from 0 to ${maxTimeoutSeconds}`,
    "give for example --timeout 300",
  );
}

/** The first status that is not pending, or the last one before the timeout. */
async function waitFor(
  road: OverrideRoad,
  { host }: CliContext,
  { id, timeoutMs }: { readonly id: string; readonly timeoutMs: number | null },
): Promise<OverrideStatus> {
  const startedMs = performance.now();
  let pauseMs = firstPauseMs;
  for (;;) {
    const status = await lookPatiently(road, host, id);
    const leftMs = timeoutMs === null ? Infinity : timeoutMs - (performance.now() - startedMs);
    if (status.status !== "pending" || leftMs <= 0) return status;
    await host.pause(Math.min(pauseMs, leftMs));
    pauseMs = Math.min(pauseMs * pauseGrowth, maxPauseMs);
  }
}

async function lookPatiently(
  road: OverrideRoad,
  host: CliContext["host"],
  id: string,
): Promise<OverrideStatus> {
  for (let failures = 1;; failures++) {
    try {
      return await road.status(id);
    } catch (error) {
      if (failures >= maxFailures || !passing.has(toEngineError(error).code)) throw error;
      await host.pause(maxPauseMs);
    }
  }
}

/** An answer that came between the last look and the taking back is an answer. */
function exitOf({ status }: OverrideStatus, isOver: boolean): number {
  if (status === "approved") return 0;
  return isOver || status === "denied" ? 2 : 4;
}
