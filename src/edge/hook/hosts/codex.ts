/**
 * Codex CLI: its tools, and the answers it understands. It takes an answer with a field or a value
 * it does not support for a broken hook, and then runs the tool: nothing here is optional.
 *
 * @module
 */
import type { JsonObject } from "../../../core/operation/operation.ts";
import { parseArgv, quoteArgv } from "../argv_command.ts";
import { askAsDenial } from "../ask_as_denial.ts";
import { draftCommand, draftPatch, draftRead } from "../file_drafts.ts";
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
import { parseHookEvent } from "../parse_hook_event.ts";
import { planHookOperation } from "../plan_hook_operation.ts";
import {
  type Draft,
  joinTo,
  textOf,
  type ToolContext,
  type ToolRule,
  type ToolTable,
} from "../tool_table.ts";

/** Fields of every tool that runs a command, less those that change with whose rights it runs. */
const commandOptions = {
  workdir: "string",
  timeout: "number",
  timeout_ms: "number",
  justification: "string",
  description: "string",
  login: "boolean",
  tty: "boolean",
  yield_time_ms: "number",
  max_output_tokens: "number",
  with_escalated_permissions: "false",
} as const;

function commandTool(key: string, folderKey = "workdir"): ToolRule {
  return {
    required: { [key]: "text_or_list" },
    optional: { ...commandOptions, [folderKey]: "string" },
    plan: (input, context) => planCommand(input, key, { ...context, folderKey }),
  };
}

function planCommand(
  input: JsonObject,
  key: string,
  { cwd, folderKey }: ToolContext & { readonly folderKey: string },
): Draft | null {
  const argv = parseArgv(input[key]);
  const [program, patch] = argv ?? [];
  if (argv?.length === 2 && program === "apply_patch") return inFolder(draftPatch(patch ?? ""));
  const line = argv === null ? textOf(input, key) : quoteArgv(argv);
  return line.trim() === "" ? null : inFolder(draftCommand(line));

  function inFolder(draft: Draft | null): Draft | null {
    const folder = textOf(input, folderKey);
    return draft === null || folder === "" ? draft : { ...draft, cwd: joinTo(cwd, folder) };
  }
}

function patchTool(key: string): ToolRule["plan"] {
  return (input) => {
    const argv = parseArgv(input[key]);
    if (argv === null) return draftPatch(textOf(input, key));
    const [program, patch = ""] = argv;
    return argv.length === 2 && program === "apply_patch" ? draftPatch(patch) : null;
  };
}

const planPatch: ToolRule["plan"] = (input, context) => {
  const key = ["command", "input", "patch"].find((name) => input[name] !== undefined);
  const isAlone = Object.keys(input).length === 1;
  return key === undefined || !isAlone ? null : patchTool(key)(input, context);
};

const tools: ToolTable = new Map<string, ToolRule>([
  ["Bash", commandTool("command")],
  ["shell", commandTool("command")],
  ["shell_command", commandTool("command")],
  ["local_shell", commandTool("command", "working_directory")],
  ["exec_command", commandTool("cmd")],
  ["apply_patch", {
    required: {},
    optional: { command: "text_or_list", input: "string", patch: "string" },
    plan: planPatch,
  }],
  ["view_image", {
    required: { path: "string" },
    plan: (input) => draftRead(textOf(input, "path")),
  }],
  ["read_file", {
    required: { file_path: "string" },
    optional: { offset: "number", limit: "number" },
    plan: (input) => draftRead(textOf(input, "file_path")),
  }],
  ["list_dir", {
    required: { dir_path: "string" },
    optional: { offset: "number", limit: "number", depth: "number" },
    plan: (input) => draftRead(textOf(input, "dir_path")),
  }],
  ["grep_files", {
    required: { pattern: "string" },
    optional: { path: "string", include: "string", limit: "number" },
    plan: (input, context) => draftRead(textOf(input, "path") || context.cwd),
  }],
  ["web_search", {
    required: {},
    optional: { query: "string" },
    plan: () => ({ type: "network" }),
  }],
]);

function encode(event: ParsedHookEvent | null, verdict: HookVerdict): HookAnswer {
  if (verdict.kind === "none") return silence;
  const text = verdict.kind === "ask" ? askAsDenial(verdict.text) : verdict.text;
  switch (event?.kind) {
    case "before":
      return verdict.kind === "failure" ? answerByStatus(text) : answerToolUse("deny", text);
    case "permission":
      return answerPermission(text);
    case "observed":
      // For people. "block" would take the tool's result from the model, or send it back to work.
      return answerJson({ systemMessage: text });
    default:
      return answerByStatus(text);
  }
}

export const codex: HookHost = {
  name: "codex",
  reportsOutcomes: true,
  endsSessions: false,
  parse: (text) => parseHookEvent(text, "codex"),
  plan: (event, context) => planHookOperation(event, tools, context),
  encode,
};
