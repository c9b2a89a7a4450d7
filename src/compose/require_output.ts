/**
 * Where files that a human names for output may lie: the only ones that stay writable beside the log.
 *
 * @module
 */
import type { Layout } from "../adapter/layout.ts";
import { EngineError } from "../core/errors.ts";
import { builtinPatternSet } from "../core/operation/builtin_patterns.ts";
import { foldForMatching } from "../core/operation/fold_for_matching.ts";

/**
 * Refuses what an answer must not overwrite; call it before sealing.
 *
 * SECURITY: a grant for a path follows links, and a flag may come from an agent: `--output` must
 * not be a way to write the policy, the log or the keys.
 *
 * @param path Absolute.
 * @throws {EngineError} `usage` for the engine's own places, and for anything but a regular file
 *   or a free name in a folder that is there.
 */
export function requireOutput(layout: Layout, path: string): void {
  const at = path.lastIndexOf("/");
  const folder = realOf(path.slice(0, at) || "/");
  if (folder === null) throw unfit(path, "there is no such folder");
  const real = `${folder}${path.slice(at)}`;
  const own = [layout.policyFolder, layout.stateFolder].map((place) => realOf(place) ?? place);
  if (own.some((place) => real === place || real.startsWith(`${place}/`))) {
    throw unfit(path, "it is the engine's own place");
  }
  const inRoot = real.startsWith(`${layout.root}/`) ? real.slice(layout.root.length + 1) : real;
  if (builtinPatternSet().match([foldForMatching(inRoot), foldForMatching(real)]).length > 0) {
    throw unfit(path, "it is always protected");
  }
  if (!isFreeOrFile(path)) throw unfit(path, "it is no regular file");
}

/** Whether a path lies in a project that the engine guards; a mere folder is nobody's. */
export function isInProject(layout: Layout, path: string): boolean {
  const folder = realOf(path.slice(0, path.lastIndexOf("/")) || "/") ?? path;
  const isInside = folder === layout.root || folder.startsWith(`${layout.root}/`);
  return isInside && realOf(layout.policyFolder) !== null;
}

function isFreeOrFile(path: string): boolean {
  try {
    return Deno.lstatSync(path).isFile;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}

function realOf(path: string): string | null {
  try {
    return Deno.realPathSync(path);
  } catch {
    return null;
  }
}

function unfit(path: string, why: string): EngineError {
  return new EngineError("usage", `Cannot write the answer to "${path}": ${why}`, {
    hint: "name a regular file, or a new one, outside .scalpel and the state folder",
  });
}
