/**
 * A job as bytes, for the way to the worker.
 *
 * @module
 */
import { checkAbis, type CheckJob } from "../core/check/check_job.ts";
import { checkCeilings, type CheckLimits } from "../core/check/check_limits.ts";
import type { Json, JsonObject } from "../core/operation/operation.ts";
import {
  badFrame,
  encodeFrame,
  encodeNumbers,
  frameKinds,
  maxDataBytes,
  PayloadReader,
} from "./frames.ts";
import { parseFrameJson } from "./parse_frame_json.ts";

const limitNames = Object.keys(checkCeilings) as readonly (keyof CheckLimits)[];

/** Whether a job is small enough to be sent: beyond the ceilings nothing is. */
export function fitsFrame({ module, data, entrypoint }: CheckJob): boolean {
  return module.length <= checkCeilings.moduleBytes && (data?.length ?? 0) <= maxDataBytes &&
    (entrypoint?.length ?? 0) <= 500;
}

/** @param id Whole, below 2^32; the worker knows the job by it. */
export function encodeLoad(id: number, job: CheckJob): Uint8Array<ArrayBuffer> {
  const { module, abi, entrypoint, result, data, limits } = job;
  const values = limitNames.map((name) => limits[name]);
  const settings = new TextEncoder().encode(
    JSON.stringify({ abi, entrypoint, result, has_data: data !== null, limits: values }),
  );
  const numbers = encodeNumbers(id, settings.length, module.length);
  return encodeFrame(frameKinds.load, [numbers, settings, module, data ?? new Uint8Array(0)]);
}

/**
 * Reads what encodeLoad wrote.
 *
 * @throws {CheckFailure} `sandbox_crash`.
 */
export function parseLoad(payload: Uint8Array): { readonly id: number; readonly job: CheckJob } {
  const reader = new PayloadReader(payload);
  const [id, settingsBytes, moduleBytes] = [reader.number(), reader.number(), reader.number()];
  const settings = parseFrameJson(reader.bytes(settingsBytes));
  // Copies: views of one large frame would keep all of it.
  const module = reader.bytes(moduleBytes).slice();
  const data = settings["has_data"] === true ? reader.rest().slice() : null;
  reader.end();
  return { id, job: { module, data, ...parseSettings(settings) } };
}

function parseSettings(settings: JsonObject): Omit<CheckJob, "module" | "data"> {
  const { abi, entrypoint, result, has_data: hasData, limits, ...others } = settings;
  const knownAbi = checkAbis.find((name) => name === abi);
  const isWhole = knownAbi !== undefined && (result === "allow" || result === "violations") &&
    (entrypoint === null || typeof entrypoint === "string") && typeof hasData === "boolean" &&
    Object.keys(others).length === 0;
  if (!isWhole) throw badFrame("Got a job that is not one");
  return { abi: knownAbi, entrypoint, result, limits: parseLimits(limits ?? null) };
}

function parseLimits(values: Json): CheckLimits {
  if (!Array.isArray(values) || values.length !== limitNames.length) {
    throw badFrame("Got limits that are none");
  }
  const limits = limitNames.map((name, i): [string, number] => {
    const value = values[i];
    const isFit = typeof value === "number" && Number.isSafeInteger(value) && value >= 0 &&
      value <= checkCeilings[name];
    if (!isFit) throw badFrame(`Got ${name} ${value}: wanted 0 to ${checkCeilings[name]}`);
    return [name, value];
  });
  return Object.fromEntries(limits) as unknown as CheckLimits;
}
