/**
 * A guarded root's desk as an asker sees it: its server, by the agent's token.
 *
 * @module
 */
import type { OverrideTask } from "../core/override/override_task.ts";
import type { OverrideStatus } from "../pdp/override_desk.ts";
import type { AskingDesk } from "./await_answer.ts";

/** What it needs of a server's client. */
export interface TaskClient {
  readonly overrideTask: (requestId: string) => Promise<OverrideTask>;
  readonly cancelOverride: (
    requestId: string,
    reason: "cancelled" | "timeout",
  ) => Promise<OverrideTask>;
  readonly isOverrideValid: (overrideId: string) => Promise<boolean>;
}

/** The server knows by the token whose requests these are: `principal` counts for nothing here. */
export function createGuardedDesk(client: TaskClient): AskingDesk {
  return {
    status: async (id) => toStatus(await client.overrideTask(id)),
    withdraw: async (id, _principal, why) => toStatus(await client.cancelOverride(id, why)),
    isValid: (id) => client.isOverrideValid(id),
  };
}

function toStatus({ id, override_status: status, expires_at, result }: OverrideTask) {
  return {
    request_id: id,
    status,
    expires_at,
    override_id: result?.override_id ?? null,
    approved_until: result?.approved_until ?? null,
    approved_by: result?.approved_by ?? null,
    override_trust: result?.override_trust ?? null,
    justification: result?.justification ?? null,
    kind: result?.kind ?? null,
  } satisfies OverrideStatus;
}
