/**
 * The editor that models were trained on: one tool that views, creates, replaces and inserts, or
 * takes a patch, under whatever name a host gives it.
 *
 * @module
 */
import type { JsonObject } from "../../core/operation/operation.ts";
import { draftEdit, draftPatch, draftRead } from "./file_drafts.ts";
import { isAmbiguousPath } from "./is_ambiguous_path.ts";
import { type Draft, textOf, type ToolContext, type ToolRule } from "./tool_table.ts";

export const editorTool: ToolRule = {
  required: {},
  optional: {
    path: "string",
    old_str: "string",
    new_str: "string",
    command: "string",
    file_text: "string",
    insert_line: "number",
    view_range: "list",
    input: "string",
    patch: "string",
  },
  plan: planEditor,
};

function planEditor(input: JsonObject, context: ToolContext): Draft | null {
  const [patch] = ["input", "patch"].filter((key) => input[key] !== undefined);
  // SECURITY: a patch beside a path is two edits, and nobody knows which of them is made.
  if (patch !== undefined) {
    return Object.keys(input).length === 1 ? planPatch(textOf(input, patch)) : null;
  }
  const path = textOf(input, "path");
  if (path === "" || isAmbiguousPath(path)) return null;
  const command = input["command"] ?? "str_replace";
  if (command === "view") return draftRead(path);
  if (command === "create" && typeof input["file_text"] === "string") {
    return { type: "file_write", affected_files: [path], content: textOf(input, "file_text") };
  }
  // Where a line goes is not followed: the file is named, and not measured.
  if (command === "insert") return { type: "code_modification", affected_files: [path] };
  if (command !== "str_replace" || typeof input["old_str"] !== "string") return null;
  const change = { oldText: input["old_str"], newText: textOf(input, "new_str"), all: false };
  return draftEdit(path, [change], context);
}

/** A patch in the envelope, of files that are named by paths. */
export function planPatch(envelope: string): Draft | null {
  const draft = draftPatch(envelope);
  const files = draft?.["affected_files"];
  const isOfFiles = Array.isArray(files) && !files.some((file) => isAmbiguousPath(String(file)));
  return isOfFiles ? draft : null;
}
