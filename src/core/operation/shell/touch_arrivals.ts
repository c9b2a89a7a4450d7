/**
 * What comes with a folder: `cp -r templates .` creates `.env` when `templates/.env` is there.
 *
 * @module
 */
import { maxFolderEntries } from "../../limits.ts";
import type { Touch } from "./program_use.ts";
import type { Shell } from "./shell.ts";
import type { ShellState } from "./shell_state.ts";
import { absoluteIn, placesOf } from "./touch_path.ts";

/** Adds a `create` for every protected name that would come to lie below a target. */
export function touchArrivals(
  shell: Shell,
  touches: readonly Touch[],
  state: ShellState,
): void {
  const { surroundings, plan } = shell;
  const paths = (isTarget: boolean) =>
    touches.filter(({ verb, argument, isPossible, kind }) =>
      kind === undefined && isPossible !== true && argument.isKnown &&
      (verb === "create" || verb === "write") === isTarget
    ).flatMap(({ argument }) => placesOf(shell, argument.text, state))
      .filter((place) => place !== null).map((place) => absoluteIn(surroundings.root, place));
  const folders = touches.filter(({ isPossible }) => isPossible === true)
    .flatMap(({ argument }) => placesOf(shell, argument.found?.folder ?? "", state))
    .filter((place) => place !== null).map((place) => absoluteIn(surroundings.root, place));
  const targets = new Set([...paths(true), ...folders]);
  for (const source of new Set(paths(false))) {
    if (surroundings.kindOf(source) !== "directory") continue;
    const below = surroundings.listBelow(source, maxFolderEntries);
    if (below === null) {
      plan.doubt("unverified", `"${source}" holds too much to look through`);
      continue;
    }
    for (const path of below) {
      for (const target of targets) {
        const resource = `${target}${path.slice(source.length)}`;
        if (surroundings.isProtected(resource)) {
          plan.effect({ verb: "create", resource, kind: "path" });
        }
      }
    }
  }
}
