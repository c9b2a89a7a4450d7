/**
 * Asks every install that an operation concerns, in this process.
 *
 * @module
 */
import { layoutOf } from "../adapter/layout.ts";
import type { Decision } from "../core/decision/decision.ts";
import type { Operation } from "../core/operation/operation.ts";
import type { HookJudgeOptions } from "../edge/hook/run_hook.ts";
import { stateHomeOf } from "./environment.ts";
import { findParts, type LocalRoad } from "./hook_judges.ts";
import { type OpenedInstall, openInstall } from "./open_install.ts";

/** One decision of each install. What they leave unmeasured, nobody looks at afterwards. */
export async function judgeLocally(
  operation: Operation,
  options: HookJudgeOptions,
  road: LocalRoad,
): Promise<readonly Decision[]> {
  const decisions: Decision[] = [];
  const allowing: string[] = [];
  const wanted = { ...options, unmeasured: "unverified" } as const;
  for (const [root, part] of await findParts(operation, road)) {
    const server = road.servers?.of(root) ?? null;
    const [decision] = server === null
      ? await inInstall(
        root,
        road,
        ({ engine, principal }) => engine.check([part], principal, wanted),
      )
      : await (await server).check([part], options);
    if (decision === undefined) continue;
    decisions.push(decision);
    if (decision.decision === "allow") allowing.push(root);
  }
  const isDenied = decisions.some(({ decision }) => decision === "deny");
  if (isDenied && options.expectsOutcome === true) await closeAllowed(operation, allowing, road);
  return decisions;
}

/** What another install denied will not be carried out: nobody need wait for it. */
async function closeAllowed(
  { correlationId, agent }: Operation,
  roots: readonly string[],
  road: LocalRoad,
): Promise<void> {
  if (correlationId === null) return;
  const session = agent?.session ?? null;
  const outcome = { correlationId, session, tool: null, status: "failed" } as const;
  for (const root of roots) {
    const server = road.servers?.of(root) ?? null;
    if (server !== null) {
      await (await server).outcome(outcome);
      continue;
    }
    await inInstall(
      root,
      road,
      ({ engine, principal }) => engine.recordOutcome(outcome, principal),
    );
  }
}

/** Opens an install, acts and closes it. */
export async function inInstall<T>(
  root: string,
  road: LocalRoad,
  act: (install: OpenedInstall) => Promise<T>,
): Promise<T> {
  const { surroundings, sandboxes } = road;
  const layout = layoutOf(root || "/", stateHomeOf(surroundings));
  const install = await openInstall(surroundings, { root, layout, role: "library", sandboxes });
  try {
    const result = await act(install);
    if (install.log.isFull()) road.full.add(root);
    return result;
  } finally {
    await install.close();
  }
}
