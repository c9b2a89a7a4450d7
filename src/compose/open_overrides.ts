/**
 * The road on which people answer requests for an exception (edge/cli/override_road.ts), on this
 * machine: the install in this process, or a server.
 *
 * @module
 */
import type { OverrideRoad, OverrideRoadOptions } from "../edge/cli/override_road.ts";
import type { Road } from "../edge/cli/road.ts";
import type { Layout } from "../adapter/layout.ts";
import { EngineError, oneLine } from "../core/errors.ts";
import { findLayout, type Surroundings } from "./environment.ts";
import { findRoad, fixed, movedBy } from "./find_road.ts";
import { openInstall } from "./open_install.ts";
import { isInProject, requireOutput } from "./require_output.ts";
import { createInboxSweep } from "./sweep_inbox.ts";

/**
 * @throws {EngineError} `usage` where a guarded install fixes the road and something moves it, or an
 *   output is none; whatever stands against opening the install or reaching the server.
 */
export async function openOverrides(
  surroundings: Surroundings,
  options: OverrideRoadOptions,
): Promise<OverrideRoad> {
  const layout = findLayout(surroundings, options.root);
  for (const path of options.outputs ?? []) {
    requireOutput(layout, path);
    requireOutside(layout, path);
  }
  const road = options.role === "asker"
    ? findRoad(surroundings, options)
    : findApproverRoad(surroundings, options);
  if (road === null) return await openHere(surroundings, options);
  const { openOverrideServer } = await import("./open_override_server.ts");
  return await openOverrideServer(surroundings, options, road);
}

/**
 * SECURITY: what lies in a project is the agent's to write: ssh-keygen would sign what lies there by
 * then, and shows nothing.
 */
function requireOutside(layout: Layout, path: string): void {
  if (!isInProject(layout, path)) return;
  const shown = oneLine(path, 200);
  throw new EngineError("usage", `Cannot write to "${shown}": the agent writes in the project`, {
    hint: "name a file outside of it, for example ~/approval",
  });
}

/**
 * As findRoad, with two differences. In a guarded root people go to its server too, its engine's
 * own user included, and name their token themselves: which person it is, client.json does not know.
 * And SCALPEL_TOKEN_FILE is not looked at: it is the agent's.
 */
function findApproverRoad(surroundings: Surroundings, options: OverrideRoadOptions): Road | null {
  const { guard } = findLayout(surroundings, options.root);
  const { tokenPath } = options;
  if (guard === null) {
    const road = findRoad(surroundings, options);
    return road === null ? null : { ...road, tokenPath };
  }
  const moved = movedBy({ ...options, tokenPath: null });
  if (moved !== null) throw fixed(moved, guard.root);
  return { url: `http://127.0.0.1:${guard.port}`, tokenPath, keyPath: null };
}

async function openHere(
  surroundings: Surroundings,
  { root, outputs = [] }: OverrideRoadOptions,
): Promise<OverrideRoad> {
  const request = { root, outputs, role: "one-shot", runsChecks: false } as const;
  const install = await openInstall(surroundings, request);
  const { engine: { overrides: desk }, principal } = install;
  const channel = "console" as const;
  const inbox = createInboxSweep(desk, { agentUid: null, say: () => undefined });
  // Whoever opens the log in their own process looks after the engine.
  const anybodys = null;
  return {
    list: () => desk.list(),
    show: (id) => desk.show(id, channel),
    approve: (approval) => desk.approve({ ...approval, channel }),
    deny: (id, justification) => desk.deny(id, { justification, channel, by: principal }),
    revoke: (id, justification) => desk.revoke(id, { justification, channel, by: principal }),
    status: async (id) => {
      // Where no server looks into the folder, whoever waits does.
      await inbox.sweep();
      return await desk.status(id, anybodys);
    },
    timeOut: (id) => desk.withdraw(id, anybodys, "timeout", { by: principal, channel }),
    warnings: install.warnings,
    close: install.close,
  };
}
