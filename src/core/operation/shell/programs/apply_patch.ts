/**
 * What applying a patch does: told by its own headers where it is at hand.
 *
 * @module
 */
import { parseDiff } from "../../parse_diff.ts";
import { parsePatchEnvelope } from "../../parse_patch_envelope.ts";
import type { Argument, Invocation, ProgramUse } from "../program_use.ts";
import { known, UseBuilder } from "./use_builder.ts";

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

/** The program agents hand their envelope to, as its only word or as its input. */
export function readPatchEnvelope(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const { args: [word, more], input } = invocation;
  const text = word ?? (input.kind === "text" ? known(input.text) : { text: "", isKnown: false });
  const patch = text.isKnown ? parsePatchEnvelope(text.text) : null;
  for (const { verb, path } of patch?.effects ?? []) builder.touch(verb, known(path));
  if (patch === null || more !== undefined) {
    builder.mayTouch("write", known("."));
    builder.opaque(`nobody has read the patch that ${invocation.name} applies`);
  }
  return builder.end();
}
