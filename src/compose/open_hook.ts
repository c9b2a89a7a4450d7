/**
 * What decides behind a hook: the installs that an operation concerns, or a server.
 *
 * SECURITY: which installs these are depends on the operation, and permissions are given up before
 * its first byte is read. So every install of this user is listed first, from the state folder,
 * and the process keeps what all of them together must write.
 *
 * @module
 */
import { sealPermissions } from "../adapter/permissions.ts";
import { openPlainFile, PlainFileError, readLimited } from "../adapter/plain_file.ts";
import { EngineError } from "../core/errors.ts";
import { decodeUtf8 } from "../core/strict_json.ts";
import type { HookRoadOptions } from "../edge/cli/connection.ts";
import type { HookRoad } from "../edge/hook/run_hook.ts";
import { listEnrolledRoots, rootOf, writablePlaces } from "./enrolled_roots.ts";
import { stateHomeOf, type Surroundings } from "./environment.ts";
import type { LocalRoad } from "./hook_judges.ts";
import { judgeLocally } from "./judge_locally.ts";

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
  const road = options.server === null
    ? openLocal(surroundings, options.root)
    : await openServer(fixed(surroundings), { ...options, server: options.server });
  return { ...road, readText, cwd: surroundings.cwd };
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
): Promise<Road> {
  try {
    const { connect } = await import("./connect.ts");
    const unmeasured = "unverified";
    const ways = { url: server, root, outputs: [], tokenPath, keyPath, unmeasured } as const;
    const connection = await connect(surroundings, ways);
    return {
      judge: (operation, options) => connection.check([operation], options),
      observe: async ({ outcome, settlement }) => [
        ...(outcome === null ? [] : await connection.outcome(outcome)),
        // The server looks at protected files itself, each time it is told something.
        ...(settlement === null ? [] : await connection.settle(settlement)),
      ],
      tidy: () => Promise.resolve(),
    };
  } catch (error) {
    return sealAndRefuse(error);
  }
}

function openLocal(surroundings: Surroundings, root: string | null): Road {
  try {
    const home = stateHomeOf(surroundings);
    const named = root === null ? null : rootOf(root, home);
    const enrolled = listEnrolledRoots(home);
    sealPermissions({ writable: enrolled.flatMap(writablePlaces), keepsNet: false });
    const road = { surroundings, named, enrolled, full: new Set<string>() };
    return {
      judge: (operation, options) => judgeLocally(operation, options, road),
      observe: async (observation) =>
        await (await import("./observe_locally.ts")).observeLocally(observation, road),
      tidy: () => tidyLogs(road),
    };
  } catch (error) {
    return sealAndRefuse(error);
  }
}

/** Segments that came to their size: closed once the host has its answer. */
async function tidyLogs({ full, surroundings }: LocalRoad): Promise<void> {
  if (full.size === 0) return;
  const { openInstall } = await import("./open_install.ts");
  const { keepSize } = await import("./keep_log.ts");
  for (const root of full) {
    const install = await openInstall(surroundings, { root: root || "/", role: "library" });
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
