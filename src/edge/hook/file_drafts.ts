/**
 * Operations that tools of several hosts have in common.
 *
 * @module
 */
import { maxEditedFileBytes } from "../../core/limits.ts";
import type { Json, JsonObject } from "../../core/operation/operation.ts";
import { isJsonObject } from "../../core/operation/parse_field.ts";
import { parsePatchEnvelope } from "../../core/operation/parse_patch_envelope.ts";
import { applyEdits, type TextEdit } from "./apply_edits.ts";
import { showChange } from "./show_change.ts";
import { type Draft, joinTo, textOf, type ToolContext } from "./tool_table.ts";

export function draftRead(...paths: readonly string[]): Draft {
  return { type: "file_read", affected_files: paths };
}

export function draftCommand(command: string): Draft {
  return { type: "command", command };
}

/**
 * An edit with the whole file as it will be, and what of it changes; with the new text alone where
 * the file is not known.
 */
export function draftEdit(path: string, edits: readonly TextEdit[], context: ToolContext): Draft {
  const before = context.readText(joinTo(context.cwd, path), maxEditedFileBytes);
  const after = applyEdits(before, edits);
  const draft = { type: "code_modification", affected_files: [path] };
  if (after === null || after.length > maxEditedFileBytes) {
    return { ...draft, content: edits.map(({ newText }) => newText).join("\n") };
  }
  const diff = before === null ? null : showChange(path, before, after);
  const isWhole = diff !== null && diff.length + after.length <= maxEditedFileBytes;
  return { ...draft, content: after, ...(isWhole ? { diff } : {}) };
}

/** One edit as Claude Code writes it; null when it is none. */
export function parseTextEdit(value: Json): TextEdit | null {
  if (!isJsonObject(value)) return null;
  const known = ["file_path", "old_string", "new_string", "replace_all"];
  const { old_string: oldText, new_string: newText, replace_all: all = false } = value;
  const isKnown = Object.keys(value).every((key) => known.includes(key));
  if (typeof oldText !== "string" || typeof newText !== "string" || !isKnown) return null;
  return typeof all === "boolean" ? { oldText, newText, all } : null;
}

/** Null for text that is no whole envelope: then nobody knows what the tool would do. */
export function draftPatch(envelope: string): Draft | null {
  const files = [...parsePatchEnvelope(envelope)?.paths ?? []];
  if (files.length === 0) return null;
  return { type: "code_modification", affected_files: files, diff: envelope };
}

/** The folder a pattern searches at most: its names before the first that is wild. */
export function globFolder(pattern: string): string {
  const names = pattern.split("/");
  const wild = names.findIndex((name) => /[*?[{\\!(]/.test(name));
  const plain = names.slice(0, wild === -1 ? -1 : wild).join("/");
  return plain === "" && pattern.startsWith("/") ? "/" : plain;
}

/** Where a search looks: its folder, and what an absolute or climbing pattern makes of it. */
export function draftSearch(input: JsonObject, patternKey: string, context: ToolContext): Draft {
  const folder = textOf(input, "path") || context.cwd;
  const below = globFolder(textOf(input, patternKey));
  return below === "" ? draftRead(folder) : draftRead(folder, joinTo(folder, below));
}
