/**
 * Where a path of the log lies, by its text alone: links are not followed, the disk may be another
 * one by now. For counting; no decision is made by it.
 *
 * @module
 */
import { isInside } from "../operation/path_forms.ts";

export interface Place {
  /** Absolute and without `.` or `..`; null where a shell would have to say. */
  readonly absolute: string | null;
  readonly isOutside: boolean;
  /** Top-level folder: `src/`, `./` for files of the root itself, `/etc/` or `~/` outside. */
  readonly folder: string;
}

/**
 * Places a path.
 *
 * @param path As written, relative to `cwd`.
 * @param cwd As written, relative to the root; null is the root.
 * @param root Absolute, without trailing slash (`/` is itself).
 */
export function placeOf(path: string, cwd: string | null, root: string): Place {
  const joined = path.startsWith("/") || cwd === null ? path : `${cwd}/${path}`;
  if (joined.startsWith("~")) return { absolute: null, isOutside: true, folder: "~/" };
  const absolute = normalise(joined.startsWith("/") ? joined : `${root}/${joined}`);
  if (!isInside(absolute, root)) {
    return { absolute, isOutside: true, folder: `/${topOf(absolute.slice(1), true)}` };
  }
  const inside = absolute.slice(root === "/" ? 1 : root.length + 1);
  return { absolute, isOutside: false, folder: topOf(inside, false) };
}

/** First name of a path and a slash; a file that lies at the top has no folder of its own. */
function topOf(path: string, isOutside: boolean): string {
  const slash = path.indexOf("/");
  if (slash !== -1) return `${path.slice(0, slash)}/`;
  return isOutside ? "" : "./";
}

function normalise(path: string): string {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}
