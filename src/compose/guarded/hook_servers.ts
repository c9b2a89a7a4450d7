/**
 * The servers of this machine's guarded installs, for a hook.
 *
 * @module
 */
import { guardedLayoutOf, systemStateFolder } from "../../adapter/layout.ts";
import type { Connection, HookRoadOptions } from "../../edge/cli/connection.ts";
import { clearProxies, openClient } from "../connect.ts";
import type { EnrolledRoot } from "../enrolled_roots.ts";
import type { Guards, Surroundings } from "../environment.ts";
import { fixed, movedBy } from "../find_road.ts";

export interface HookServers {
  /** Guarded roots, for finding out which of them an operation concerns. */
  readonly enrolled: readonly EnrolledRoot[];
  /** The road to a guarded root's server; null for other roots. Rejects where it cannot be taken. */
  readonly of: (root: string) => Promise<Connection> | null;
}

/**
 * Finds them; call it before sealing.
 *
 * @throws {EngineError} `usage` when the hook's line names another road for the guarded root the
 *   working folder is in; `guard_unsafe`.
 */
export function openHookServers(
  surroundings: Surroundings,
  guards: Guards,
  options: HookRoadOptions,
): HookServers {
  const installs = guards.installs();
  const here = guards.find(surroundings, options.root);
  const moved = movedBy(options);
  if (here !== null && moved !== null) throw fixed(moved, here.root);
  clearProxies();
  const opened = new Map<string, Promise<Connection>>();
  const open = (root: string): Promise<Connection> | null => {
    const install = installs.find((each) => each.root === root);
    if (install === undefined) return null;
    const layout = guardedLayoutOf({ ...install, isEngine: false });
    // What limits leave unmeasured nobody looks at after a hook.
    const ways = { url: "", tokenPath: null, keyPath: null, unmeasured: "unverified" } as const;
    return openClient(surroundings, layout, ways);
  };
  return {
    enrolled: installs.map(({ id, root }) => {
      return { root, stateFolder: `${systemStateFolder}/${id}` };
    }),
    of: (root) => {
      const known = opened.get(root) ?? open(root);
      if (known !== null) opened.set(root, known);
      return known;
    },
  };
}
