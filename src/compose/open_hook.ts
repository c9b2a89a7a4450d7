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

interface LocalRoad {
  readonly surroundings: Surroundings;
  /** Root named on the command line. */
  readonly named: Layout["root"] | null;
  readonly enrolled: readonly EnrolledRoot[];
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
  for (const [root, part] of findParts(operation, road)) {
    const install = await openInstall(road.surroundings, { root: root || "/", role: "library" });
    try {
      answers.push(...await ask(install, part));
    } finally {
      await install.close();
    }
  }
  return answers;
}

/** What each install is asked about, by its root. */
function findParts(operation: Operation, road: LocalRoad): ReadonlyMap<string, Operation> {
  const judges = findJudges(operation, road);
  if (judges.size > maxHookRoots) {
    throw new EngineError("resources_exhausted", `It concerns ${judges.size} installs at once`, {
      hint: `Ask for less at a time: at most ${maxHookRoots}`,
    });
  }
  // SECURITY: somebody has to judge the whole, with all that is in doubt about it.
  const isJudgedWhole = [...judges.values()].includes("whole");
  return new Map([...judges].map(([root, readPaths]) => [
    root,
    readPaths === "whole" || !isJudgedWhole ? operation : readOnly(operation, readPaths),
  ]));
}

/**
 * Where an operation that another install judges only reads, that is all this one is asked about:
 * whether writing outside of it is right is not for it to say.
 */
function readOnly(operation: Operation, affectedFiles: readonly string[]): Operation {
  const nothing = { metadata: {}, content: null, diff: null, command: null, tool: null };
  return { ...operation, ...nothing, type: "file_read", affectedFiles };
}

/** Roots with all of the operation to judge, or only what it reads there. */
type Judges = Map<string, "whole" | string[]>;

function findJudges(operation: Operation, road: LocalRoad): Judges {
  const { surroundings, named, enrolled } = road;
  const { resolve } = openDisk("/");
  const places = Deno.build.standalone ? [Deno.execPath()] : [];
  const judges: Judges = new Map(named === null ? [] : [[named, "whole"]]);
  for (const { path, reach } of findTargets(operation, surroundings.cwd)) {
    const resolved = resolve(path, operation.cwd);
    const { lexical, real } = resolved;
    const options = { isRead: reach !== "write", places };
    for (const install of enrolled) {
      const isConcerned = concerns(install, lexical, options) ||
        (real !== null && concerns(install, real, options));
      if (isConcerned) addJudge(judges, install.root, reach === "read" ? path : null);
    }
    if (named === null) requireKnown(resolved, enrolled, judges.size > 0);
  }
  if (judges.size === 0) addMentioned(judges, operation, enrolled);
  return judges;
}

function addJudge(judges: Judges, root: string, readPath: string | null): void {
  const known = judges.get(root);
  if (readPath === null) judges.set(root, "whole");
  else if (known === undefined) judges.set(root, [readPath]);
  else if (known !== "whole") known.push(readPath);
}

/** Whoever writes a project's name into a command means it, wherever the command runs. */
function addMentioned(
  judges: Judges,
  { command }: Operation,
  enrolled: readonly EnrolledRoot[],
): void {
  for (const { root } of enrolled) {
    if (root !== "" && command?.includes(root) === true) addJudge(judges, root, null);
  }
}

interface Target {
  readonly path: string;
  /** `folder`: where it happens; the install around it judges all of it. */
  readonly reach: "folder" | "read" | "write";
}

/** Working folders, and every path the operation names. */
function findTargets(operation: Operation, cwd: string): readonly Target[] {
  const { effects } = planEffects(operation, new Map());
  const named = effects.filter(({ kind }) => kind === "path");
  return [
    { path: cwd, reach: "folder" },
    { path: operation.cwd ?? cwd, reach: "folder" },
    ...named.map(({ resource, verb }): Target => {
      return { path: resource, reach: verb === "read" ? "read" : "write" };
    }),
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
