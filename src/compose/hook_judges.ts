/**
 * Which installs judge an operation, and what each of them is asked.
 *
 * SECURITY: the operation's text only adds judges. The install named on the command line and those
 * around the working folders judge always, those around each path it touches judge as well, and the
 * worst answer stands. Neither a working folder elsewhere nor a root made within a root takes a
 * judge away.
 *
 * @module
 */
import type { Layout } from "../adapter/layout.ts";
import { openDisk } from "../adapter/path_resolver.ts";
import { EngineError, oneLine } from "../core/errors.ts";
import { maxHookRoots } from "../core/limits.ts";
import type { EffectPlan } from "../core/operation/effect_plan.ts";
import type { Operation } from "../core/operation/operation.ts";
import { compilePatternSet } from "../core/operation/pattern_set.ts";
import { planEffects, type PlanTool } from "../core/operation/plan_effects.ts";
import type { ResolvedPath } from "../core/ports.ts";
import { loadToolReader } from "../pdp/load_tool_reader.ts";
import { concerns, type EnrolledRoot, findUnknownInstall } from "./enrolled_roots.ts";
import type { Surroundings } from "./environment.ts";
import type { HookServers } from "./guarded/hook_servers.ts";
import type { Sandboxes } from "./sandboxes_of.ts";

export interface LocalRoad {
  readonly surroundings: Surroundings;
  /** Root named on the command line. */
  readonly named: Layout["root"] | null;
  readonly enrolled: readonly EnrolledRoot[];
  /** Guarded roots, by their servers; null where there is none on this machine. */
  readonly servers: HookServers | null;
  /** Somebody else judges as well, and knows installs that are not in the list. */
  readonly isBesideServer: boolean;
  /** Opened before the process was sealed. */
  readonly sandboxes: Pick<Sandboxes, "load" | "status">;
  /** Roots whose log has come to its size meanwhile. */
  readonly full: Set<string>;
}

/** What each install is asked about, by its root. */
export async function findParts(
  operation: Operation,
  road: LocalRoad,
): Promise<ReadonlyMap<string, Operation>> {
  const judges = await findJudges(operation, road);
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

async function findJudges(operation: Operation, road: LocalRoad): Promise<Judges> {
  const { surroundings, named, enrolled } = road;
  const judges: Judges = new Map(named === null ? [] : [[named, "whole"]]);
  const { cwd } = surroundings;
  const folders: readonly Target[] = [
    { path: cwd, reach: "folder" },
    { path: operation.cwd ?? cwd, reach: "folder" },
  ];
  // No policy is at hand yet: nobody knows any tool.
  const planTool = (await loadToolReader([operation]))?.createPlanner(new Map()) ?? null;
  const plan = planEffects(operation, new Map(), null, planTool);
  addConcerned(judges, [...folders, ...targetsOf(plan)], { operation, road });
  const isSettled = enrolled.every(({ root }) => judges.get(root) === "whole");
  if (operation.command === null || isSettled) return judges;
  const whole = await planCommandAnywhere(operation, surroundings, planTool);
  addConcerned(judges, targetsOf(whole), { operation, road });
  if (judges.size === 0) addMentioned(judges, operation, enrolled);
  return judges;
}

function addConcerned(
  judges: Judges,
  targets: readonly Target[],
  { operation, road }: { readonly operation: Pick<Operation, "cwd">; readonly road: LocalRoad },
): void {
  const { named, enrolled } = road;
  const { resolve } = openDisk("/");
  const places = Deno.build.standalone ? [Deno.execPath()] : [];
  for (const { path, reach } of targets) {
    const resolved = resolve(path, operation.cwd);
    const { lexical, real } = resolved;
    const options = { isRead: reach !== "write", places };
    for (const install of enrolled) {
      const isConcerned = concerns(install, lexical, options) ||
        (real !== null && concerns(install, real, options));
      if (isConcerned) addJudge(judges, install.root, reach === "read" ? path : null);
    }
    if (named === null && !road.isBesideServer) requireKnown(resolved, enrolled, judges.size > 0);
  }
}

/** What a command does to paths, wherever they lie: no policy is at hand yet. */
async function planCommandAnywhere(
  operation: Operation,
  { variable }: Surroundings,
  planTool: PlanTool | null,
): Promise<EffectPlan> {
  const { createPlanner, withPrograms } = await import("../core/decision/command_planner.ts");
  const home = variable("HOME") ?? null;
  const planner = createPlanner({
    disk: openDisk("/", [], home),
    policy: { protectedFiles: { patterns: [], set: compilePatternSet([]) } },
    wasWritten: () => false,
  });
  return await withPrograms(() =>
    Promise.resolve().then(() => planEffects(operation, new Map(), planner, planTool))
  );
}

/** Installs around working folders alone: for events that are about no operation. */
export function findRootsAround(cwd: string | null, road: LocalRoad): readonly string[] {
  const judges: Judges = new Map(road.named === null ? [] : [[road.named, "whole"]]);
  const folders = [road.surroundings.cwd, ...(cwd === null ? [] : [cwd])];
  addConcerned(judges, folders.map((path): Target => ({ path, reach: "folder" })), {
    operation: { cwd: null },
    road,
  });
  return [...judges.keys()];
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

function targetsOf({ effects }: EffectPlan): readonly Target[] {
  return effects.filter(({ kind }) => kind === "path").map(({ resource, verb }) => {
    return { path: resource, reach: verb === "read" ? "read" : "write" };
  });
}

/** SECURITY: what cannot be told, or was guarded once, is not "nothing guards it". */
function requireKnown(
  resolved: ResolvedPath,
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
