/**
 * The road on which people answer requests, and agents wait for the answer, at a server. Each role has
 * its own token, and the server refuses it the other's acts.
 *
 * @module
 */
import { sealPermissions } from "../adapter/permissions.ts";
import { EngineError } from "../core/errors.ts";
import { statusOfTask } from "../core/override/override_task.ts";
import type { OverrideRoad, OverrideRoadOptions } from "../edge/cli/override_road.ts";
import type { Road } from "../edge/cli/road.ts";
import { clearProxies, readAgentPeer } from "./connect.ts";
import { findLayout, type Surroundings } from "./environment.ts";
import { timeOutRequest } from "./time_out_request.ts";

/** Reads token and key, and gives up everything but the network and the named outputs. */
export async function openOverrideServer(
  surroundings: Surroundings,
  { root, role, outputs = [] }: OverrideRoadOptions,
  ways: Road,
): Promise<OverrideRoad> {
  const layout = findLayout(surroundings, root);
  clearProxies();
  const acts = role === "approver"
    ? await openApprover(surroundings, layout, ways)
    : await openAsker(surroundings, layout, ways);
  sealPermissions({ writable: outputs, keepsNet: true });
  return { ...otherRoles, ...acts, warnings: [], close: () => Promise.resolve() };
}

type Acts = Partial<Omit<OverrideRoad, "warnings" | "close">>;
type Place = ReturnType<typeof findLayout>;

async function openApprover(surroundings: Surroundings, layout: Place, ways: Road): Promise<Acts> {
  const { openApproverClient } = await import("./open_approver_client.ts");
  const { list, show, approve, deny, revoke } = await openApproverClient(
    surroundings,
    layout,
    ways,
  );
  return { list, show, approve, deny, revoke };
}

async function openAsker(surroundings: Surroundings, layout: Place, ways: Road): Promise<Acts> {
  const { createClient } = await import("../client.ts");
  const client = createClient(readAgentPeer(surroundings, layout, ways));
  return {
    status: async (id) => statusOfTask(await client.overrideTask(id)),
    timeOut: (id) => timeOutRequest(client, id),
  };
}

const refuse = () =>
  Promise.reject(new EngineError("internal", "This token is not for what was asked"));

/** What a role's token is not for. */
const otherRoles = {
  list: refuse,
  show: refuse,
  approve: refuse,
  deny: refuse,
  revoke: refuse,
  status: refuse,
  timeOut: refuse,
};
