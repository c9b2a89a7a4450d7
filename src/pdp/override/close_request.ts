/**
 * Ends a request or a grant. None of it widens anything, so none of it wants a proof.
 *
 * @module
 */
import type { NewEvent } from "../../core/audit/entry.ts";
import { isGranting, isPending, overrideTypes } from "../../core/audit/override_state.ts";
import { EngineError } from "../../core/errors.ts";
import type { JsonObject, Principal } from "../../core/operation/operation.ts";
import type { Channel } from "../../core/override/approval.ts";
import type { OverrideStatus } from "../override_desk.ts";
import { type DeskParts, type DeskView, look, transact } from "./desk_parts.ts";
import { parseJustification } from "./parse_justification.ts";
import { findRequest, over, statusOf } from "./request_status.ts";

/** Who ends it, and why. */
export interface Closing {
  readonly justification: string;
  readonly channel: Channel;
  readonly by: string;
}

/** One that is answered already stays as it is. */
export async function withdrawRequest(
  requestId: string,
  { principal, why, who }: {
    readonly principal: Principal | null;
    readonly why: "cancelled" | "timeout";
    readonly who: { readonly by?: string; readonly channel?: Channel };
  },
  parts: DeskParts,
): Promise<OverrideStatus> {
  await transact(parts, (view) => {
    const request = findRequest(view.kept, requestId, principal);
    // One whose time is over was not answered either: the log shall say so.
    if (request.status !== "pending") return { events: [], result: null };
    const events = [closing(view, { request: requestId, status: why })];
    if (why === "timeout") {
      const { operation_digest } = request;
      const said = { ...(principal === null ? {} : { by: principal }), ...who };
      const details = { request_id: requestId, operation_digest, ...said };
      events.push(told("OVERRIDE_TIMEOUT", "HIGH", details));
    }
    return { events, result: null };
  });
  return await look(parts, ({ kept, now }) => statusOf(findRequest(kept, requestId, null), now));
}

/** @throws {EngineError} `override_unknown`, also for a request that is answered or over. */
export async function denyRequest(
  requestId: string,
  given: Closing,
  parts: DeskParts,
): Promise<OverrideStatus> {
  const { channel, by } = given;
  const justification = parseJustification(given.justification);
  await transact(parts, (view) => {
    const request = findRequest(view.kept, requestId, null);
    if (!isPending(request, view.now)) throw over(statusOf(request, view.now));
    const said = { justification, channel, by };
    return {
      events: [
        closing(view, { request: requestId, status: "denied", ...said }),
        told("OVERRIDE_DENIED", "MEDIUM", { request_id: requestId, ...said }),
      ],
      result: null,
    };
  });
  return await look(parts, ({ kept, now }) => statusOf(findRequest(kept, requestId, null), now));
}

/** @throws {EngineError} `override_unknown` for what is no grant that holds. */
export async function revokeGrant(
  overrideId: string,
  given: Closing,
  parts: DeskParts,
): Promise<OverrideStatus> {
  const { channel, by } = given;
  const justification = parseJustification(given.justification);
  const requestId = await transact(parts, (view) => {
    const request = view.kept.requests.find(({ grant }) => grant?.id === overrideId);
    if (request === undefined) throw noGrant(overrideId, view);
    if (!isGranting(request, view.now)) throw grantOver(statusOf(request, view.now).status);
    const said = { request: request.id, status: "revoked", grant: overrideId };
    return {
      events: [closing(view, { ...said, justification, channel, by })],
      result: request.id,
    };
  });
  return await look(parts, ({ kept, now }) => statusOf(findRequest(kept, requestId, null), now));
}

function closing({ now }: DeskView, details: JsonObject): NewEvent {
  return { type: overrideTypes.closed, severity: "MEDIUM", details: { at: now, ...details } };
}

/** The guide's event; it carries no state. */
export function told(
  type: string,
  severity: NewEvent["severity"],
  details: JsonObject,
): NewEvent {
  return { type, severity, details: { ...details, recorded_by: "engine" } };
}

function noGrant(id: string, { kept }: DeskView): EngineError {
  const request = kept.requests.find((each) => each.id === id);
  if (request === undefined) {
    return new EngineError("override_unknown", "There is no such grant", {
      hint: "see `sealward override list`",
    });
  }
  const { grant } = request;
  return new EngineError("override_unknown", "That is the id of a request, not of an approval", {
    hint: grant === null
      ? "nothing is approved of it; to refuse it: `sealward override deny`"
      : `its approval is ${grant.id}`,
  });
}

function grantOver(status: OverrideStatus["status"]): EngineError {
  const what = status === "revoked" ? "revoked already" : status === "used" ? "used up" : "over";
  return new EngineError("override_unknown", `The approval is ${what}: it lifts nothing`, {
    hint: "see `sealward override list`",
  });
}
