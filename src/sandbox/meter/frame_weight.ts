/**
 * What a call counts against `callDepth`.
 *
 * @module
 */
import type { BodyPlan } from "./plan_body.ts";

/** Of a call that keeps nothing: return address, frame pointer, instance. */
const bareFrameBytes = 64;
/**
 * One unit. A small function is one unit, so that `callDepth` is the number of nested calls; and as
 * many units as the ceiling of `callDepth` allows fit into the stack that V8 has (984 KB), whichever
 * of its compilers made the code: how deep a module gets must be the meter's to say, not V8's.
 */
const unitBytes = 96;

/** A function that calls nothing and is not heavier than this need not be counted. */
const heaviestFreeLeaf = 8;

/** @returns Units of depth of one call; 0: not counted. */
export function frameWeightOf({ hasCalls, frameBytes }: BodyPlan): number {
  const weight = Math.ceil((bareFrameBytes + frameBytes) / unitBytes);
  return hasCalls || weight > heaviestFreeLeaf ? weight : 0;
}
