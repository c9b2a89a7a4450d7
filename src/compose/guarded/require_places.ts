/**
 * The places of a guarded install, looked at before anything is decided by them.
 *
 * @module
 */
import { guardedConfigFolder, type Layout } from "../../adapter/layout.ts";
import { requireTrustedPlace } from "../../adapter/trusted_place.ts";

/** Whoever reads a key can be the engine. */
const anyForOthers = 0o077;

/**
 * Refuses to start where another user could change policy, keys or log.
 *
 * @throws {EngineError} `guard_unsafe` naming the first place at fault and what to run.
 */
export function requirePlaces(layout: Layout): void {
  const { guard, policyFolder, stateFolder, keysFolder, tokensFolder, markFolder } = layout;
  if (guard === null) return;
  requireTrustedPlace(guardedConfigFolder, { owners: [0], kind: "folder" });
  requireTrustedPlace(policyFolder, { owners: [0], kind: "folder" });
  for (const path of [stateFolder, keysFolder, tokensFolder, markFolder, layout.sidePath]) {
    requireTrustedPlace(path, {
      owners: [guard.engineUid],
      forbidden: anyForOthers,
      kind: "folder",
    });
  }
}
