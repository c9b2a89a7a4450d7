/**
 * Claude Code: its tools, and the answers it understands.
 *
 * @module
 */
import {
  answerByStatus,
  answerJson,
  answerPermission,
  answerToolUse,
  type HookAnswer,
  type HookVerdict,
  silence,
} from "../hook_answer.ts";
import type { ParsedHookEvent } from "../hook_event.ts";
import type { HookHost } from "../hook_host.ts";
import { draftCommand, draftEdit, draftRead, draftSearch, parseTextEdit } from "../file_drafts.ts";
import { parseHookEvent } from "../parse_hook_event.ts";
import { planHookOperation } from "../plan_hook_operation.ts";
import { textOf, type ToolRule, type ToolTable } from "../tool_table.ts";

const tools: ToolTable = new Map<string, ToolRule>([
  ["Write", {
    required: { file_path: "string", content: "string" },
    plan: (input) => ({
      type: "file_write",
      affected_files: [textOf(input, "file_path")],
      content: textOf(input, "content"),
    }),
  }],
  ["Edit", {
    required: { file_path: "string", old_string: "string", new_string: "string" },
    optional: { replace_all: "boolean" },
    plan: (input, context) => {
      const edit = {
        oldText: textOf(input, "old_string"),
        newText: textOf(input, "new_string"),
        all: input["replace_all"] === true,
      };
      return draftEdit(textOf(input, "file_path"), [edit], context);
    },
  }],
  ["MultiEdit", {
    required: { file_path: "string", edits: "list" },
    plan: (input, context) => {
      const { edits: list } = input;
      const edits = Array.isArray(list) ? list.map(parseTextEdit) : [];
      const known = edits.filter((edit) => edit !== null);
      if (known.length === 0 || known.length < edits.length) return null;
      return draftEdit(textOf(input, "file_path"), known, context);
    },
  }],
  ["NotebookEdit", {
    required: { notebook_path: "string", new_source: "string" },
    optional: {
      cell_id: "string",
      cell_number: "number",
      cell_type: "string",
      edit_mode: "string",
    },
    plan: (input) => ({
      type: "code_modification",
      affected_files: [textOf(input, "notebook_path")],
      content: textOf(input, "new_source"),
    }),
  }],
  ["Read", {
    required: { file_path: "string" },
    optional: { offset: "number", limit: "number", pages: "string" },
    plan: (input) => draftRead(textOf(input, "file_path")),
  }],
  ["NotebookRead", {
    required: { notebook_path: "string" },
    optional: { cell_id: "string" },
    plan: (input) => draftRead(textOf(input, "notebook_path")),
  }],
  ["Glob", {
    required: { pattern: "string" },
    optional: { path: "string" },
    plan: (input, context) => draftSearch(input, "pattern", context),
  }],
  ["Grep", {
    required: { pattern: "string" },
    optional: {
      path: "string",
      glob: "string",
      type: "string",
      output_mode: "string",
      "-A": "number",
      "-B": "number",
      "-C": "number",
      context: "number",
      "-n": "boolean",
      "-i": "boolean",
      "-o": "boolean",
      head_limit: "number",
      offset: "number",
      multiline: "boolean",
    },
    plan: (input, context) => draftSearch(input, "glob", context),
  }],
  ["LS", {
    required: { path: "string" },
    optional: { ignore: "list" },
    plan: (input) => draftRead(textOf(input, "path")),
  }],
  ["Bash", {
    required: { command: "string" },
    optional: {
      description: "string",
      timeout: "number",
      run_in_background: "boolean",
      // True runs it outside the sandbox that people rely on.
      dangerouslyDisableSandbox: "false",
    },
    plan: (input) => draftCommand(textOf(input, "command")),
  }],
  ["WebFetch", {
    required: { url: "string", prompt: "string" },
    plan: (input) => ({ type: "network", metadata: { url: textOf(input, "url") } }),
  }],
  ["WebSearch", {
    required: { query: "string" },
    optional: { allowed_domains: "list", blocked_domains: "list" },
    plan: () => ({ type: "network" }),
  }],
]);

function encode(event: ParsedHookEvent | null, verdict: HookVerdict): HookAnswer {
  if (verdict.kind === "none") return silence;
  const { text } = verdict;
  switch (event?.kind) {
    case "before":
      // A status blocks too, but only where nothing was decided: JSON carries the reason whole.
      return verdict.kind === "failure"
        ? answerByStatus(text)
        : answerToolUse(verdict.kind === "ask" ? "ask" : "deny", text);
    case "permission":
      // The user is about to be asked: that is what "ask" wants. A status is not honoured here.
      return verdict.kind === "ask" ? silence : answerPermission(text);
    case "observed":
      return answerJson({ systemMessage: text });
    default:
      return answerByStatus(text);
  }
}

export const claudeCode: HookHost = {
  name: "claude-code",
  reportsOutcomes: true,
  endsSessions: true,
  parse: (text) => parseHookEvent(text, "claude-code"),
  plan: (event, context) => planHookOperation(event, tools, context),
  encode,
};
