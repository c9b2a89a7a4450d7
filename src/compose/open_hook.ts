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
import type { JudgeOptions } from "../core/decision/judge_operations.ts";
import type { Decision } from "../core/decision/decision.ts";
import { EngineError } from "../core/errors.ts";
import type { Operation } from "../core/operation/operation.ts";
import { decodeUtf8 } from "../core/strict_json.ts";
import type { HookRoadOptions } from "../edge/cli/host.ts";
import type { HookRoad } from "../edge/hook/run_hook.ts";
import { listEnrolledRoots, rootOf, writablePlaces } from "./enrolled_roots.ts";
import { findParts, type LocalRoad } from "./hook_judges.ts";
import { stateHomeOf, type Surroundings } from "./environment.ts";
import { type OpenedInstall, openInstall } from "./open_install.ts";

/** How every hook wants to be judged. */
const judgeOptions: JudgeOptions = {};

type Judge = HookRoad["judge"];

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
  const judge = options.server === null
    ? openLocal(surroundings, options.root)
    : await openServer(fixed(surroundings), { ...options, server: options.server });
  return { judge, readText, cwd: surroundings.cwd };
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
): Promise<Judge> {
  try {
    const { connect } = await import("./connect.ts");
    const ways = { url: server, root, outputs: [], tokenPath, keyPath };
    const connection = await connect(surroundings, ways);
    return (operation) => connection.check([operation]);
  } catch (error) {
    return sealAndRefuse(error);
  }
}

function openLocal(surroundings: Surroundings, root: string | null): Judge {
  try {
    const home = stateHomeOf(surroundings);
    const named = root === null ? null : rootOf(root, home);
    const enrolled = listEnrolledRoots(home);
    sealPermissions({ writable: enrolled.flatMap(writablePlaces), keepsNet: false });
    return (operation) => judgeLocally(operation, { surroundings, named, enrolled });
  } catch (error) {
    return sealAndRefuse(error);
  }
}

function sealAndRefuse(error: unknown): Judge {
  sealPermissions({ writable: [], keepsNet: false });
  return () => Promise.reject(error);
}

function judgeLocally(operation: Operation, road: LocalRoad): Promise<readonly Decision[]> {
  return askInstalls(
    operation,
    road,
    ({ engine, principal }, part) => engine.check([part], principal, judgeOptions),
  );
}

/** Asks each install that the operation concerns about its part, one after the other. */
async function askInstalls<T>(
  operation: Operation,
  road: LocalRoad,
  ask: (install: OpenedInstall, part: Operation) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const answers: T[] = [];
  for (const [root, part] of await findParts(operation, road)) {
    const install = await openInstall(road.surroundings, { root: root || "/", role: "library" });
    try {
      answers.push(...await ask(install, part));
    } finally {
      await install.close();
    }
  }
  return answers;
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
