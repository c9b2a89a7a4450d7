/**
 * Files by the names a check sees them under.
 *
 * @module
 */
import type { PathView } from "../operation/path.ts";
import { isInside } from "../operation/path_forms.ts";
import { foldPath } from "../operation/shell/fold_path.ts";

/**
 * Names of a path as an operation wrote it: from the root without `.`, `..` and a leading slash, `.`
 * for the root itself, absolute outside of it. Where links lead elsewhere, the file's own name is
 * the second one.
 */
export type NameFile = (written: string) => readonly string[];

/** By what the disk said of them; by text where nobody looked. */
export function nameByDisk(
  { root, paths }: {
    readonly root: string;
    readonly paths: ReadonlyMap<string, { readonly view: Pick<PathView, "lexical" | "real"> }>;
  },
  cwd: string | null,
): NameFile {
  const byText = nameByText(cwd);
  return (written) => {
    const view = paths.get(written)?.view;
    if (view === undefined) return byText(written);
    const { lexical, real } = view;
    const name = fromRoot(lexical, root);
    return real === null || real === lexical ? [name] : [...new Set([name, fromRoot(real, root)])];
  };
}

/** Without a disk: of trials and tests, where a relative name is one from the root. */
export function nameByText(cwd: string | null): NameFile {
  return (written) => {
    const path = written.startsWith("/") || cwd === null ? written : `${cwd}/${written}`;
    if (path.startsWith("/")) return [foldPath(path)];
    // Out of a root that nobody named: it has no better name than its own.
    return [climbs(path) ? written : fromRoot(foldPath(`/${path}`), "/")];
  };
}

function climbs(path: string): boolean {
  let depth = 0;
  return path.split("/").some((name) => {
    if (name === "..") depth--;
    else if (name !== "" && name !== ".") depth++;
    return depth < 0;
  });
}

function fromRoot(absolute: string, root: string): string {
  if (!isInside(absolute, root)) return absolute;
  return absolute.slice(root === "/" ? 1 : root.length + 1) || ".";
}
