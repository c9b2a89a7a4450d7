/**
 * What a command line would do.
 *
 * @module
 */
import type { Effect } from "../effect.ts";
import type { Doubt, ProgramCall } from "../effect_plan.ts";

export interface CommandPlan {
  readonly effects: readonly Effect[];
  readonly doubts: readonly Doubt[];
  readonly calls: readonly ProgramCall[];
}
