/**
 * Taking back a request at a server, when nobody waits for its answer any more.
 *
 * @module
 */
import type { Client } from "../client.ts";
import { toEngineError } from "../core/errors.ts";
import { statusOfTask } from "../core/override/override_task.ts";
import type { OverrideStatus } from "../core/override/override_views.ts";

/** One that was answered meanwhile, or is over, stays as it is: where it stands is the answer. */
export async function timeOutRequest(client: Client, id: string): Promise<OverrideStatus> {
  try {
    return statusOfTask(await client.cancelOverride(id, "timeout"));
  } catch (error) {
    if (toEngineError(error).code !== "request_conflict") throw error;
    return statusOfTask(await client.overrideTask(id));
  }
}
