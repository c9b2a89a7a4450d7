/**
 * Tells a server what came after the fact.
 *
 * @module
 */
import type { Alarm } from "../core/audit/alarm.ts";
import type { Connection } from "../edge/cli/connection.ts";
import type { Observation } from "../edge/hook/plan_observation.ts";

/** The server looks at protected files itself, each time it is told something. */
export async function tellServer(
  { outcome: tell, settle }: Pick<Connection, "outcome" | "settle">,
  { outcome, settlement }: Observation,
): Promise<readonly Alarm[]> {
  return [
    ...(outcome === null ? [] : await tell(outcome)),
    ...(settlement === null ? [] : await settle(settlement)),
  ];
}
