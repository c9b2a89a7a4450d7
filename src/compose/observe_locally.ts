/**
 * Tells every install concerned what came after the fact, in this process.
 *
 * @module
 */
import type { Alarm } from "../core/audit/alarm.ts";
import { EngineError } from "../core/errors.ts";
import type { Observation } from "../edge/hook/plan_observation.ts";
import { findParts, findRootsAround, type LocalRoad } from "./hook_judges.ts";
import { inInstall } from "./judge_locally.ts";
import { tellServer } from "./tell_server.ts";
import type { OpenedInstall } from "./open_install.ts";

/** @throws {EngineError} The first failure, after every other install has been told. */
export async function observeLocally(
  observation: Observation,
  road: LocalRoad,
): Promise<readonly Alarm[]> {
  const told = await Promise.allSettled(
    (await findRoots(observation, road)).map((root) => observeAt(root, observation, road)),
  );
  const failed = told.find((one) => one.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return told.flatMap((one) => one.status === "fulfilled" ? one.value : []);
}

async function observeAt(
  root: string,
  observation: Observation,
  road: LocalRoad,
): Promise<readonly Alarm[]> {
  const server = road.servers?.of(root) ?? null;
  if (server !== null) return await tellServer(await server, observation);
  return await inInstall(root, road, (install) => observeInstall(observation, install));
}

/** Those that judged it, as far as they are still found; without an operation those around. */
async function findRoots(
  { operation, cwd }: Observation,
  road: LocalRoad,
): Promise<readonly string[]> {
  if (operation === null) return findRootsAround(cwd, road);
  try {
    return [...(await findParts(operation, road)).keys()];
  } catch (error) {
    // What cannot be placed was denied; whether it was carried out is seen in its folder.
    if (error instanceof EngineError) return findRootsAround(operation.cwd, road);
    throw error;
  }
}

/** Outcomes first: they say which changes of protected files a human agreed to. */
async function observeInstall(
  { outcome, settlement, reach }: Observation,
  { engine, principal }: OpenedInstall,
): Promise<readonly Alarm[]> {
  const paired = outcome === null ? [] : (await engine.recordOutcome(outcome, principal)).alarms;
  const settled = settlement === null ? [] : await engine.settle(settlement, principal);
  const { alarms } = await engine.observeProtected(principal, { reach });
  return [...paired, ...settled, ...alarms];
}
