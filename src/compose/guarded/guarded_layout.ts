/**
 * The layout of a root that must be guarded.
 *
 * @module
 */
import type { Guard, Layout } from "../../adapter/layout.ts";
import { EngineError, oneLine } from "../../core/errors.ts";
import { findLayout, type Surroundings } from "../environment.ts";

/** @throws {EngineError} `usage` for a local install. */
export function requireGuardedLayout(
  surroundings: Surroundings,
  root: string | null,
): Layout & { readonly guard: Guard } {
  const layout = findLayout(surroundings, root);
  const { guard } = layout;
  if (guard !== null) return { ...layout, guard };
  throw new EngineError("usage", `"${oneLine(layout.root || "/", 200)}" is not guarded`, {
    hint: "in a local install .scalpel/ is what is in force: see `sealward status`",
  });
}
