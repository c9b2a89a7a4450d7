/**
 * Which protected paths an operation that is not denied may change: what explains it when they look
 * different afterwards. audit/SPEC.md, "Protected files".
 *
 * @module
 */
import { pathKey } from "../audit/outcome_key.ts";
import { isInside } from "../operation/path_forms.ts";
import type { Disk, Sha256 } from "../ports.ts";
import type { Judgement } from "./decision.ts";
import type { Facts } from "./facts.ts";

/** Keys an entry holds; files beyond raise an alarm when they change. */
const maxTouches = 16;

/**
 * Keys (see pathKey) of the paths below the root that effects on protected files name, by the text
 * and by the kernel. Reading a file explains no change of it.
 */
export function touchedPaths(
  { verdict, findings }: Judgement,
  { paths }: Facts,
  { disk, sha256 }: { readonly disk: Pick<Disk, "root">; readonly sha256: Sha256 },
): readonly string[] {
  if (verdict === "deny") return [];
  const found = new Set<string>();
  for (const { code, effect } of findings) {
    if (code !== "path_protected" || effect === undefined || effect.verb === "read") continue;
    const view = paths.get(effect.resource)?.view;
    for (const path of [view?.lexical, view?.real]) {
      // The root itself would explain everything.
      if (path && path !== disk.root && isInside(path, disk.root)) {
        found.add(path.slice(disk.root === "/" ? 1 : disk.root.length + 1));
      }
    }
  }
  return [...found].slice(0, maxTouches).map((path) => pathKey(path, sha256));
}
