/**
 * What decides behind a hook: the installs that an operation concerns, or a server.
 *
 * SECURITY: which installs these are depends on the operation, and permissions are given up before
 * its first byte is read. So every install of this user is listed first, from the state folder,
 * and the process keeps what all of them together must write. The operation's text then only adds
 * judges: the install named on the command line and those around the working folder always judge,
 * those around each path it touches judge as well, and the worst answer stands. Neither a working
 * folder elsewhere nor a root made within a root takes a judge away.
 *
 * @module
 */
import type { Layout } from "../adapter/layout.ts";
import { openDisk } from "../adapter/path_resolver.ts";
import { sealPermissions } from "../adapter/permissions.ts";
import { openPlainFile, PlainFileError, readLimited } from "../adapter/plain_file.ts";
import type { JudgeOptions } from "../core/decision/judge_operations.ts";
import type { Decision } from "../core/decision/decision.ts";
import { EngineError, oneLine } from "../core/errors.ts";
import { maxHookRoots } from "../core/limits.ts";
import type { Operation } from "../core/operation/operation.ts";
import { planEffects } from "../core/operation/plan_effects.ts";
import { decodeUtf8 } from "../core/strict_json.ts";
import type { HookRoadOptions } from "../edge/cli/host.ts";
import type { HookRoad } from "../edge/hook/run_hook.ts";
import {
  concerns,
  type EnrolledRoot,
  findUnknownInstall,
  listEnrolledRoots,
  rootOf,
  writablePlaces,
} from "./enrolled_roots.ts";
import { stateHomeOf, type Surroundings } from "./environment.ts";
import { openInstall } from "./open_install.ts";

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

interface LocalRoad {
  readonly surroundings: Surroundings;
  /** Root named on the command line. */
  readonly named: Layout["root"] | null;
  readonly enrolled: readonly EnrolledRoot[];
}

async function judgeLocally(operation: Operation, road: LocalRoad): Promise<readonly Decision[]> {
  const decisions: Decision[] = [];
  for (const root of findJudges(operation, road)) {
    const install = await openInstall(road.surroundings, { root: root || "/", role: "library" });
    try {
      decisions.push(...await install.engine.check([operation], install.principal, judgeOptions));
    } finally {
      await install.close();
    }
  }
  return decisions;
}

/** Roots, each once. */
function findJudges(operation: Operation, road: LocalRoad): ReadonlySet<string> {
  const { surroundings, named, enrolled } = road;
  const { resolve } = openDisk("/");
  const places = Deno.build.standalone ? [Deno.execPath()] : [];
  const judges = new Set(named === null ? [] : [named]);
  for (const { root } of enrolled) {
    // Whoever writes a project's name into a command means it, wherever the command runs.
    if (root !== "" && operation.command?.includes(root) === true) judges.add(root);
  }
  for (const { path, isRead } of findTargets(operation, surroundings.cwd)) {
    const resolved = resolve(path, operation.cwd);
    const { lexical, real } = resolved;
    for (const install of enrolled) {
      const answers = real === null ? [lexical] : [lexical, real];
      if (answers.some((answer) => concerns(install, answer, { isRead, places }))) {
        judges.add(install.root);
      }
    }
    if (named === null) requireKnown(resolved, enrolled, judges.size > 0);
  }
  if (judges.size > maxHookRoots) {
    throw new EngineError("resources_exhausted", `It concerns ${judges.size} installs at once`, {
      hint: `Ask for less at a time: at most ${maxHookRoots}`,
    });
  }
  return judges;
}

interface Target {
  readonly path: string;
  readonly isRead: boolean;
}

/** Working folders, and every path the operation names. */
function findTargets(operation: Operation, cwd: string): readonly Target[] {
  const { effects } = planEffects(operation, new Map());
  const named = effects.filter(({ kind }) => kind === "path");
  return [
    { path: cwd, isRead: true },
    { path: operation.cwd ?? cwd, isRead: true },
    ...named.map(({ resource, verb }) => ({ path: resource, isRead: verb === "read" })),
  ];
}

/** SECURITY: what cannot be told, or was guarded once, is not "nothing guards it". */
function requireKnown(
  resolved: ReturnType<ReturnType<typeof openDisk>["resolve"]>,
  enrolled: readonly EnrolledRoot[],
  isJudged: boolean,
): void {
  if (resolved.failure !== null && !isJudged) {
    throw new EngineError(
      "operation_invalid",
      `Cannot tell which file "${oneLine(resolved.written, 200)}" is: ${resolved.failure}`,
    );
  }
  const unknown = findUnknownInstall(resolved, enrolled);
  if (unknown === null) return;
  throw new EngineError(
    "not_initialized",
    `No install knows the log in "${oneLine(unknown, 200)}"`,
    {
      hint: "run the hook with the home that made it, or move its .scalpel away and run init again",
    },
  );
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
