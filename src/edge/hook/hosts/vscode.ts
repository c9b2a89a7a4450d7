/**
 * VS Code's agent: its own tools, its settings. It reads the hook files of Copilot CLI and Copilot
 * reads its own, so this host knows the tools and the answers of both.
 *
 * @module
 */
import type { Json, JsonObject } from "../../../core/operation/operation.ts";
import { isJsonObject } from "../../../core/operation/parse_field.ts";
import type { TextEdit } from "../apply_edits.ts";
import { planPatch } from "../editor_tool.ts";
import { draftEdit } from "../file_drafts.ts";
import type { ParsedHookEvent } from "../hook_event.ts";
import type { HookHost } from "../hook_host.ts";
import { isAmbiguousPath } from "../is_ambiguous_path.ts";
import {
  editTool,
  filesTool,
  keptShellTool,
  readTool,
  searchTool,
  writeTool,
} from "../path_tools.ts";
import { planHookOperation } from "../plan_hook_operation.ts";
import {
  type Draft,
  textOf,
  type ToolContext,
  type ToolRule,
  type ToolTable,
} from "../tool_table.ts";
import { hookTimeoutSeconds } from "../wiring/hook_timeout.ts";
import type { HostWiring } from "../wiring/host_wiring.ts";
import { findToolUseFault } from "../wiring/tool_use_fault.ts";
import { copilotTools, encodeForBoth, parseCopilotEvent } from "./copilot.ts";

const path = ["filePath", "path"];
const why = { explanation: "string" } as const;

const terminal = keptShellTool([], {
  ...why,
  goal: "string",
  isBackground: "boolean",
  timeout: "number",
});
const create = writeTool(path, ["content"], why);
const remove = filesTool("file_delete", path, why);
const read = readTool(path, {
  startLine: "number",
  endLine: "number",
  offset: "number",
  limit: "number",
});

/** Several replacements; in several files they are named, and not measured. */
function planReplacements(input: JsonObject, context: ToolContext): Draft | null {
  const { replacements: list } = input;
  const parts = Array.isArray(list) ? list.map(parseReplacement) : [];
  const known = parts.filter((part) => part !== null);
  const files = [...new Set(known.map(({ file }) => file))];
  const [first] = files;
  if (first === undefined || known.length < parts.length || files.some(isAmbiguousPath)) {
    return null;
  }
  if (files.length > 1) return { type: "code_modification", affected_files: files };
  return draftEdit(first, known.map(({ edit }) => edit), context);
}

interface Replacement {
  readonly file: string;
  readonly edit: TextEdit;
}

function parseReplacement(value: Json): Replacement | null {
  if (!isJsonObject(value)) return null;
  const known = ["filePath", "oldString", "newString", "explanation"];
  const { filePath: file, oldString: oldText, newString: newText } = value;
  const isWhole = typeof file === "string" && typeof oldText === "string" &&
    typeof newText === "string" && Object.keys(value).every((key) => known.includes(key));
  return isWhole ? { file, edit: { oldText, newText, all: false } } : null;
}

/** Its documentation shows this one with the names of files and nothing else. */
function planFiles({ files }: JsonObject): Draft | null {
  const names = Array.isArray(files) ? files.filter((file) => typeof file === "string") : [];
  const isWhole = Array.isArray(files) && names.length > 0 && names.length === files.length;
  return isWhole && !names.some(isAmbiguousPath)
    ? { type: "code_modification", affected_files: names }
    : null;
}

/** One page only: several at once are more than a network effect can name. */
function planPages({ urls }: JsonObject): Draft | null {
  const [url, other] = Array.isArray(urls) ? urls : [];
  if (typeof url !== "string" || other !== undefined) return null;
  return { type: "network", metadata: { url } };
}

const vscodeTools: ToolTable = new Map<string, ToolRule>([
  ...copilotTools,
  ["run_in_terminal", terminal],
  ["runInTerminal", terminal],
  ["runTerminalCommand", terminal],
  ["create_file", create],
  ["createFile", create],
  ["create_directory", filesTool("file_create", ["dirPath"])],
  ["delete_file", remove],
  ["deleteFile", remove],
  ["editFiles", { required: { files: "list" }, optional: why, plan: planFiles }],
  [
    "replace_string_in_file",
    editTool({ paths: path, oldText: "oldString", newText: "newString", optional: why }),
  ],
  [
    "multi_replace_string_in_file",
    { required: { replacements: "list" }, optional: why, plan: planReplacements },
  ],
  // Its code is a sketch that a model fills in: what the file becomes is not known.
  ["insert_edit_into_file", filesTool("code_modification", path, { ...why, code: "string" })],
  ["apply_patch", {
    required: { input: "string" },
    optional: why,
    plan: (input) => planPatch(textOf(input, "input")),
  }],
  ["read_file", read],
  ["readFile", read],
  ["view_image", readTool(path)],
  [
    "edit_notebook_file",
    filesTool("code_modification", path, {
      ...why,
      cellId: "string",
      editType: "string",
      language: "string",
      newCode: "text_or_list",
    }),
  ],
  ["list_dir", readTool(["path"])],
  ["file_search", searchTool([], ["query"], { maxResults: "number" })],
  [
    "grep_search",
    searchTool([], ["includePattern"], {
      query: "string",
      isRegexp: "boolean",
      maxResults: "number",
      includeIgnoredFiles: "boolean",
    }),
  ],
  [
    "fetch_webpage",
    { required: { urls: "list" }, optional: { query: "string" }, plan: planPages },
  ],
]);

/**
 * SECURITY: events may come without a folder, and the hook is then started in the user's home: nobody
 * knows where a command would run.
 */
function tableFor({ cwd }: ParsedHookEvent): ToolTable {
  if (cwd !== null) return vscodeTools;
  return new Map([...vscodeTools].filter(([, { required }]) => required["command"] === undefined));
}

export const vscode: HookHost = {
  name: "vscode",
  reportsOutcomes: true,
  endsSessions: false,
  parse: (text) => parseCopilotEvent(text, "vscode"),
  plan: (event, context) => planHookOperation(event, tableFor(event), context),
  encode: encodeForBoth,
};

export const vscodeWiring: HostWiring = {
  host: "vscode",
  title: "VS Code",
  beside: "copilot",
  scopes: ["project", "user"],
  userFolder: { variable: "COPILOT_HOME", name: ".copilot" },
  files: {
    project: ".github/hooks/sealward-vscode.json",
    user: "hooks/sealward-vscode.json",
  },
  version: 1,
  events: [
    { event: "PreToolUse", purpose: "gate", matcher: null },
    { event: "PostToolUse", purpose: "record", matcher: null },
    { event: "SessionStart", purpose: "record", matcher: null },
    { event: "Stop", purpose: "record", matcher: null },
  ],
  entryOf: (_event, command) => ({ type: "command", command, timeout: hookTimeoutSeconds }),
  canaryOf: ({ root, toolUseId }) => ({
    timestamp: "2026-01-01T00:00:00.000Z",
    cwd: root,
    sessionId: "sealward-canary",
    hookEventName: "PreToolUse",
    transcript_path: `${root}/sealward-canary.json`,
    tool_use_id: toolUseId,
    tool_name: "create_file",
    tool_input: { filePath: `${root}/.scalpel/policy.yaml`, content: "canary\n" },
  }),
  findFault: (answer) => findToolUseFault(answer, "VS Code"),
  switchFiles: (root) => [`${root}/.vscode/settings.json`],
  switchedOff: /"chat\.use(?:Chat)?Hooks"\s*:\s*false|"(?:\.\/)?\.github\/hooks[^"]*"\s*:\s*false/,
  unproven: "Whether VS Code itself runs the hook is seen only there: look at the output channel " +
    "GitHub Copilot Chat Hooks, and ask it to write .scalpel/policy.yaml. It must be told no. An " +
    "organisation may have switched hooks off.",
  facts: {
    asOf: "VS Code's agent hooks (preview) as documented in November 2026; not seen from a " +
      "running one",
    allow: { prints: "nothing, exit 0", host: "its own rules and questions decide" },
    ask: {
      prints: "JSON permissionDecision ask with a reason, exit 0",
      host: "asks its user; another hook's deny wins over it",
      outcome: "asks",
      hole: "where tools are approved beforehand, what ask becomes is the host's choice",
      closes: "enforcement.on_unverified: deny and rules with effect deny for unattended agents",
    },
    deny: {
      prints: "JSON permissionDecision deny with a reason, for VS Code and for Copilot, exit 0",
      host: "does not run the tool; deny wins over every other hook",
    },
    failure: "exit 2 with a reason",
    blocks: "blocks on 2 and shows the reason to the model",
    otherwise: "on every other status it warns, and the tool runs",
    late: "gives up after the 30 s that install writes: the tool runs",
    unread: {
      host: "takes exit 0 without JSON as no opinion: the tool runs",
      outcome: "runs",
      hole: "a closed output that the runtime does not report",
      closes: "the host opens the pipe itself: only a changed host closes it",
    },
    unrecorded: "JSON systemMessage, exit 0: nothing is held up after the fact",
    off: {
      situation: "hooks switched off in settings, or by an organisation",
      closes: "hook status says DRIFT for the checkout's settings; the user's are not looked at",
    },
    mcpName: "the name VS Code gives them",
    own: [
      {
        kind: "gap",
        situation: "Copilot CLI in the same checkout",
        prints: "a verdict: this line knows its tools too",
        host: "obeys it like VS Code",
        outcome: "obeyed",
        hole: "with copilot wired beside it, each call is judged and counted twice",
        closes: "wire vscode alone where both work",
      },
      {
        kind: "gap",
        situation: "hooks of Claude Code, which VS Code can load too",
        prints: "exit 2: that line expects Claude Code's tools",
        host: "blocks on 2",
        outcome: "blocked",
        hole: "none; but its tools are then denied by mistake",
        closes: 'chat.hookFilesLocations: ".claude/settings.local.json": false, and so on',
      },
      {
        kind: "gap",
        situation: "other agents in VS Code (Claude, Codex harness)",
        prints: "nothing: they run their own hooks",
        host: "each reads its own settings",
        outcome: "unseen",
        hole: "an agent that is not wired",
        closes: "hook install claude-code, hook install codex",
      },
      {
        kind: "gap",
        situation: "a tool that was allowed and failed, or was declined",
        prints: "an alarm (MEDIUM) at the turn's end: no outcome was reported",
        host: "raises PostToolUse for tools that succeeded only",
        outcome: "obeyed",
        hole: "harmless ends look like a hook that was switched off meanwhile",
        closes: "look at the decision that the alarm names",
      },
    ],
  },
};
