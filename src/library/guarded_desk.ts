/**
 * A guarded root's desk as an asker sees it: its server, by the agent's token.
 *
 * @module
 */
import { EngineError } from "../core/errors.ts";
import { type OverrideTask, statusOfTask } from "../core/override/override_task.ts";
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
  const status = async (id: string): Promise<OverrideStatus> =>
    statusOfTask(await client.overrideTask(id));
  return {
    status,
    withdraw: async (id, _principal, why) => {
      try {
        return statusOfTask(await client.cancelOverride(id, why));
      } catch (error) {
        // Somebody answered first, or its time was over: the desk would say which, so ask.
        if (error instanceof EngineError && error.code === "request_conflict") return status(id);
        throw error;
      }
    },
    isValid: (id) => client.isOverrideValid(id),
  };
}
