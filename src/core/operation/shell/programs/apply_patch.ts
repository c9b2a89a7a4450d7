/**
 * What applying a patch does: told by its own headers where it is at hand.
 *
 * @module
 */
import { parseDiff } from "../../parse_diff.ts";
import type { Argument } from "../program_use.ts";
import { known, type UseBuilder } from "./use_builder.ts";

/**
 * @param files Patch files; empty for the standard input.
 * @param folder Where names are no names of the working folder, what they are below.
 */
export function applyPatch(
  builder: UseBuilder,
  files: readonly Argument[],
  folder: Argument | null,
): void {
  const { input, name } = builder.invocation;
  const isInput = files.length === 0 || files.some(({ text }) => text === "-");
  const diff = isInput && input.kind === "text" ? parseDiff(input.text) : null;
  builder.touchAll("read", files);
  for (const { verb, path } of diff?.effects ?? []) {
    builder.touch(verb, known(path));
    // What does not fit is left beside the file, and the file as it was.
    if (name !== "git") builder.touchAll("write", [known(`${path}.rej`), known(`${path}.orig`)]);
  }
  if (diff !== null && folder === null && files.length <= 1) return;
  builder.mayTouch("write", folder ?? known("."));
  builder.opaque(`nobody has read the patch that ${name} applies`);
}
