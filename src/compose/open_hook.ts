/**
 * What decides behind a hook: the installs that an operation concerns, or a server.
 *
 * SECURITY: which installs these are depends on the operation, and permissions are given up before
 * its first byte is read. So every install of this user is listed first, from the state folder,
 * and the process keeps what all of them together must write.
 *
 * @module
 */
import { layoutOf, type StateHome } from "../adapter/layout.ts";
import { sealPermissions } from "../adapter/permissions.ts";
import { openPlainFile, PlainFileError, readLimited } from "../adapter/plain_file.ts";
import { EngineError } from "../core/errors.ts";
import { decodeUtf8 } from "../core/strict_json.ts";
import type { HookRoadOptions } from "../edge/cli/connection.ts";
import type { HookRoad } from "../edge/hook/run_hook.ts";
import { type EnrolledRoot, listEnrolledRoots, rootOf, writablePlaces } from "./enrolled_roots.ts";
import { stateHomeOf, type Surroundings } from "./environment.ts";
import type { HookServers } from "./guarded/hook_servers.ts";
import type { LocalRoad } from "./hook_judges.ts";
import { judgeLocally } from "./judge_locally.ts";
import { openSandboxes } from "./sandboxes_of.ts";

/** Deciding, and what comes after it. */
type Road = Pick<HookRoad, "judge" | "observe" | "tidy">;

/**
 * Opens the road and seals the process. What stands against deciding is said when it comes to
 * deciding: only then is it known in which form the host wants it.
 *
 * @throws {EngineError} `permissions_unsealed`; nothing must be read then.
 */
export async function openHook(
  surroundings: Surroundings,
  options: HookRoadOptions,
): Promise<HookRoad> {
  const own = fixed(surroundings);
  const road = await findGuarded(own, options).then(
    async (servers) =>
      options.server === null
        ? await openLocal(surroundings, options.root, servers)
        : await openServer(own, { ...options, server: options.server }, servers),
    sealAndRefuse,
  );
  return { ...road, readText, cwd: surroundings.cwd };
}

/** Null on a machine where nothing is guarded. */
async function findGuarded(
  surroundings: Surroundings,
  options: HookRoadOptions,
): Promise<HookServers | null> {
  if (surroundings.guards === null) return null;
  const { openHookServers } = await import("./guarded/hook_servers.ts");
  return openHookServers(surroundings, surroundings.guards, options);
}

/** SECURITY: the road is what the install says, whatever the caller's environment says. */
function fixed(surroundings: Surroundings): Surroundings {
  return {
    ...surroundings,
    variable: (name) => name === "SCALPEL_ROOT" ? undefined : surroundings.variable(name),
  };
}

async function openServer(
  surroundings: Surroundings,
  { root, server, tokenPath, keyPath }: HookRoadOptions & { readonly server: string },
  servers: HookServers | null,
): Promise<Road> {
  try {
    const { connect } = await import("./connect.ts");
    const unmeasured = "unverified";
    const ways = { url: server, root, outputs: [], tokenPath, keyPath, unmeasured } as const;
    const connection = await connect(surroundings, ways);
    const { tellServer } = await import("./tell_server.ts");
    const alone: Road = {
      judge: (operation, options) => connection.check([operation], options),
      observe: (observation) => tellServer(connection, observation),
      tidy: () => Promise.resolve(),
    };
    return servers === null ? alone : await beside(alone, surroundings, servers);
  } catch (error) {
    return sealAndRefuse(error);
  }
}

/** SECURITY: a line may name a server of its own, but a guarded root's server is asked as well. */
async function beside(
  road: Road,
  surroundings: Surroundings,
  servers: HookServers,
): Promise<Road> {
  const guarded: LocalRoad = {
    surroundings,
    named: null,
    enrolled: servers.enrolled,
    servers,
    isBesideServer: true,
    // Each of them is asked by its server.
    sandboxes: await openSandboxes({ role: "one-shot", policyFolders: [] }),
    full: new Set(),
  };
  return {
    ...road,
    judge: async (operation, options) => [
      ...await road.judge(operation, options),
      ...await judgeLocally(operation, options, guarded),
    ],
    observe: async (observation) => [
      ...await road.observe(observation),
      ...await (await import("./observe_locally.ts")).observeLocally(observation, guarded),
    ],
  };
}

async function openLocal(
  surroundings: Surroundings,
  root: string | null,
  servers: HookServers | null,
): Promise<Road> {
  try {
    const home = stateHomeOf(surroundings);
    const named = root === null ? null : rootOf(root, home);
    const local = listLocal(home, servers);
    const roots = [...local.map(({ root }) => root), ...(named === null ? [] : [named])];
    const policyFolders = roots.map((root) => `${root}/.scalpel`);
    const sandboxes = await openSandboxes({ role: "one-shot", policyFolders });
    sealPermissions({ writable: local.flatMap(writablePlaces), keepsNet: servers !== null });
    const enrolled = [...servers?.enrolled ?? [], ...local];
    const full = new Set<string>();
    const road = { surroundings, named, enrolled, servers, isBesideServer: false, sandboxes, full };
    return {
      judge: (operation, options) => judgeLocally(operation, options, road),
      observe: async (observation) =>
        await (await import("./observe_locally.ts")).observeLocally(observation, road),
      tidy: async () => {
        await sandboxes.close();
        await tidyLogs(road);
      },
    };
  } catch (error) {
    return sealAndRefuse(error);
  }
}

/** SECURITY: an install of the agent's own, made over a guarded root, judges nothing there. */
function listLocal(home: StateHome, servers: HookServers | null): readonly EnrolledRoot[] {
  const isGuarded = ({ root }: EnrolledRoot) =>
    servers?.enrolled.some((guarded) => guarded.root === root) === true;
  return listEnrolledRoots(home).filter((each) => !isGuarded(each));
}

/** Segments that came to their size: closed once the host has its answer. */
async function tidyLogs({ full, surroundings, sandboxes }: LocalRoad): Promise<void> {
  if (full.size === 0) return;
  const { openInstall } = await import("./open_install.ts");
  const { keepSize } = await import("./keep_log.ts");
  for (const root of full) {
    const layout = layoutOf(root || "/", stateHomeOf(surroundings));
    const install = await openInstall(surroundings, { root, layout, role: "library", sandboxes });
    try {
      await keepSize(install.log);
    } finally {
      await install.close();
    }
  }
}

function sealAndRefuse(error: unknown): Road {
  sealPermissions({ writable: [], keepsNet: false });
  const refuse = () => Promise.reject(error);
  return { judge: refuse, observe: refuse, tidy: () => Promise.resolve() };
}

function readText(path: string, limitBytes: number): string | null {
  try {
    const { file } = openPlainFile(path, { read: true });
    try {
      const bytes = readLimited(file, limitBytes);
      return bytes === null ? null : decodeUtf8(bytes);
    } finally {
      file.close();
    }
  } catch (error) {
    // Then what is judged is the new text alone.
    if (error instanceof PlainFileError || error instanceof EngineError) return null;
    throw error;
  }
}
