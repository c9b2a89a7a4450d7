/**
 * What a guarded install is opened with: root's policy, read by the engine's user.
 *
 * @module
 */
import { openInstalledPolicy } from "../../adapter/installed_policy.ts";
import type { Layout } from "../../adapter/layout.ts";
import type { Surroundings } from "../environment.ts";
import type { DriftReport } from "../../core/integrity/compare_drift.ts";
import type { EngineParts } from "../../pdp/engine.ts";
import { readDrift } from "./read_drift.ts";
import { requirePlaces } from "./require_places.ts";

/** How an install's policy is read. */
export interface Policies {
  readonly readPolicy: EngineParts["readPolicy"];
  /** What the workspace proposes; null for a local install. */
  readonly readDrift: (() => Promise<DriftReport>) | null;
}

/**
 * Nothing starts where its places are no longer its own (CFG-07, FILE-04).
 *
 * @throws {EngineError} `guard_unsafe`.
 */
export async function openGuarded(surroundings: Surroundings, layout: Layout): Promise<Policies> {
  requirePlaces(layout);
  // Before sealing: the runtime's modules may look at what is gone afterwards.
  await import("../../adapter/signing_key.ts");
  return {
    readPolicy: openInstalledPolicy(layout),
    readDrift: () => readDrift(surroundings, layout),
  };
}
