/**
 * GitHub Copilot CLI and its cloud agent: tools, answers, settings. VS Code loads the same files: an
 * answer has the form of both, and an event is read in either.
 *
 * @module
 */
import type { JsonObject } from "../../../core/operation/operation.ts";
import { parseStrictJson } from "../../../core/strict_json.ts";
import { editorTool } from "../editor_tool.ts";
import {
  answerByStatus,
  answerJson,
  type HookAnswer,
  type HookVerdict,
  silence,
} from "../hook_answer.ts";
import type { HookHostName, ParsedHookEvent } from "../hook_event.ts";
import type { HookHost } from "../hook_host.ts";
import { parseEventFields, readHookEvent } from "../parse_hook_event.ts";
import { keptShellTool, networkTool, readTool, searchTool, writeTool } from "../path_tools.ts";
import { planHookOperation } from "../plan_hook_operation.ts";
import { renameEvent, renameFields } from "../rename_event.ts";
import type { ToolRule, ToolTable } from "../tool_table.ts";
import { hookTimeoutSeconds } from "../wiring/hook_timeout.ts";
import type { HostWiring } from "../wiring/host_wiring.ts";

const names = {
  sessionId: "session_id",
  hookEventName: "hook_event_name",
  toolName: "tool_name",
  toolArgs: "tool_input",
  toolUseId: "tool_use_id",
  toolResult: "tool_result",
};

const judged = "PreToolUse";
const eventNames = [
  judged,
  "PermissionRequest",
  "PostToolUse",
  "PostToolUseFailure",
  "SessionStart",
  "SessionEnd",
  "Stop",
  "SubagentStart",
  "SubagentStop",
  "UserPromptSubmit",
  "PreCompact",
  "Notification",
];
const events: Readonly<Record<string, string>> = {
  ...Object.fromEntries(eventNames.flatMap((name) => [
    [name, name],
    [`${name.charAt(0).toLowerCase()}${name.slice(1)}`, name],
  ])),
  agentStop: "Stop",
  userPromptSubmitted: "UserPromptSubmit",
};

/** Reads an event of Copilot or of VS Code, for either of the two hosts. */
export function parseCopilotEvent(text: string, host: HookHostName): ParsedHookEvent {
  const fields = renameFields(parseEventFields(text), names);
  const named = fields["hook_event_name"] === undefined ? { ...fields, ...guess(fields) } : fields;
  return readHookEvent(renameEvent(withInput(named), events), host);
}

/** Events in camelCase do not say which they are. What is not clearly over is judged. */
function guess(fields: JsonObject): JsonObject {
  if (fields["tool_name"] !== undefined) {
    if ((fields["tool_result"] ?? null) !== null) return { hook_event_name: "PostToolUse" };
    const isOver = (fields["error"] ?? null) !== null;
    return { hook_event_name: isOver ? "PostToolUseFailure" : judged };
  }
  if (fields["source"] !== undefined) return { hook_event_name: "SessionStart" };
  if (fields["reason"] !== undefined) return { hook_event_name: "SessionEnd" };
  return fields["stopReason"] === undefined ? {} : { hook_event_name: "Stop" };
}

/** A tool's input may come as JSON in a string; a patch is the string itself. */
function withInput(fields: JsonObject): JsonObject {
  const { tool_name: tool, tool_input: input } = fields;
  if (typeof input !== "string") return fields;
  const isPatch = ["apply_patch", "Edit"].includes(String(tool)) && !input.startsWith("{");
  return { ...fields, tool_input: isPatch ? { input } : parseStrictJson(input) };
}

const shell = keptShellTool([], {
  description: "string",
  timeout: "number",
  initial_wait: "number",
  mode: "string",
  async: "boolean",
  detach: "boolean",
  sessionId: "string",
  shellId: "string",
  requestSandboxBypass: "false",
});
const view = readTool(["path"], { view_range: "list", forceReadLargeFiles: "boolean" });
const create = writeTool(["path"], ["file_text"]);
const glob = searchTool(["path"], ["pattern"]);
const grep = searchTool(["path", "paths"], ["glob"], {
  pattern: "string",
  type: "string",
  output_mode: "string",
  "-A": "number",
  "-B": "number",
  "-C": "number",
  "-i": "boolean",
  "-n": "boolean",
  multiline: "boolean",
  head_limit: "number",
});
const fetchPage = networkTool("url", {
  max_length: "number",
  start_index: "number",
  raw: "boolean",
});
const webSearch = networkTool(null, { query: "string" });

/** Under its own names, and under those of Claude Code that PascalCase events carry. */
export const copilotTools: ToolTable = new Map<string, ToolRule>([
  ["bash", shell],
  ["Bash", shell],
  ["view", view],
  ["Read", view],
  ["create", create],
  ["Write", create],
  ["edit", editorTool],
  ["str_replace_editor", editorTool],
  ["apply_patch", editorTool],
  ["Edit", editorTool],
  ["glob", glob],
  ["Glob", glob],
  ["grep", grep],
  ["rg", grep],
  ["Grep", grep],
  ["web_fetch", fetchPage],
  ["WebFetch", fetchPage],
  ["web_search", webSearch],
  ["WebSearch", webSearch],
]);

/** The form Copilot reads and the form VS Code reads, in one document. */
export function encodeForBoth(event: ParsedHookEvent | null, verdict: HookVerdict): HookAnswer {
  if (verdict.kind === "none") return silence;
  const { text } = verdict;
  switch (event?.kind) {
    case "before": {
      if (verdict.kind === "failure") return answerByStatus(text);
      const permissionDecision = verdict.kind === "ask" ? "ask" : "deny";
      const answer = { permissionDecision, permissionDecisionReason: text };
      return answerJson({
        ...answer,
        hookSpecificOutput: { hookEventName: judged, ...answer },
      });
    }
    case "permission":
      // The user is about to be asked: that is what "ask" wants.
      return verdict.kind === "ask" ? silence : answerJson({ behavior: "deny", message: text });
    case "observed":
      return answerJson({ systemMessage: text });
    default:
      return answerByStatus(text);
  }
}

export const copilot: HookHost = {
  name: "copilot",
  // Its events name no call.
  reportsOutcomes: false,
  endsSessions: true,
  parse: (text) => parseCopilotEvent(text, "copilot"),
  plan: (event, context) => planHookOperation(event, copilotTools, context),
  encode: encodeForBoth,
};

/** Wired in PascalCase: then every event says which it is. */
export const copilotWiring: HostWiring = {
  host: "copilot",
  title: "GitHub Copilot",
  beside: "vscode",
  scopes: ["project", "user", "managed"],
  userFolder: { variable: "COPILOT_HOME", name: ".copilot" },
  files: {
    project: ".github/hooks/sealward-copilot.json",
    user: "hooks/sealward-copilot.json",
    managed: "/etc/github-copilot/policy.d/sealward-copilot.json",
  },
  version: 1,
  events: [
    { event: judged, purpose: "gate", matcher: null },
    { event: "PostToolUse", purpose: "record", matcher: null },
    { event: "PostToolUseFailure", purpose: "record", matcher: null },
    { event: "SessionStart", purpose: "record", matcher: null },
    { event: "SessionEnd", purpose: "record", matcher: null },
  ],
  entryOf: (_event, bash) => ({ type: "command", bash, timeoutSec: hookTimeoutSeconds }),
  canaryOf: ({ root, toolUseId }) => ({
    hook_event_name: judged,
    session_id: "sealward-canary",
    timestamp: "2026-01-01T00:00:00.000Z",
    cwd: root,
    tool_use_id: toolUseId,
    tool_name: "Write",
    tool_input: { path: `${root}/.scalpel/policy.yaml`, file_text: "canary\n" },
  }),
  findFault: ({ permissionDecision, permissionDecisionReason: reason }) => {
    if (permissionDecision !== "deny") {
      return "exit 0 without a denial: the host would run the tool";
    }
    return typeof reason === "string" && reason !== "" ? null : "a denial without a reason";
  },
  switchFiles: (root, folder) => [
    `${root}/.github/copilot/settings.json`,
    `${root}/.github/copilot/settings.local.json`,
    // It reads those of Claude Code as well.
    `${root}/.claude/settings.json`,
    `${root}/.claude/settings.local.json`,
    ...(folder === null ? [] : [`${folder}/settings.json`]),
  ],
  unproven: "Whether Copilot itself runs the hook is seen only there: start it in the trusted " +
    "folder and ask it to write .scalpel/policy.yaml. It must be told no. The cloud agent runs " +
    "elsewhere: this machine's line does not start there, and every tool is denied.",
  facts: {
    asOf: "Copilot's hooks as documented in November 2026; not seen from a running one",
    allow: { prints: "nothing, exit 0", host: "its own rules and questions decide" },
    ask: {
      prints: "JSON permissionDecision ask with a reason, exit 0",
      host: "asks its user; the cloud agent, which has none, denies",
      outcome: "asks",
      hole: "what ask becomes where nobody can be asked is the host's choice",
      closes: "enforcement.on_unverified: deny and rules with effect deny for unattended agents",
    },
    deny: {
      prints: "JSON permissionDecision deny with a reason, for Copilot and for VS Code, exit 0",
      host: "does not run the tool; the model reads the reason",
    },
    failure: "exit 2 with a reason",
    blocks: "denies on 2, and on every other status but 0",
    otherwise: "it denies as well (preToolUse fails closed)",
    late: "gives up after the 30 s that install writes: a timeout always lets the tool run",
    unread: {
      host: "takes exit 0 without JSON as no opinion: the tool runs",
      outcome: "runs",
      hole: "a closed output that the runtime does not report",
      closes: "the host opens the pipe itself: only a changed host closes it",
    },
    unrecorded: "JSON systemMessage, exit 0: nothing is held up after the fact",
    off: {
      situation: "hooks switched off (disableAllHooks) or changed in settings",
      closes: "--scope managed (root-owned, cannot be switched off); hook status says DRIFT",
    },
    mcpName: "the name Copilot gives them",
    own: [
      {
        kind: "gap",
        situation: "VS Code in the same checkout",
        prints: "a denial: it reads .github/hooks too, and its tools are not Copilot CLI's",
        host: "obeys it",
        outcome: "blocked",
        hole: "none; but every tool of VS Code is denied",
        closes: "wire vscode instead: its line knows the tools of both",
      },
      {
        kind: "gap",
        situation: "hooks of Claude Code in .claude/settings.json, which it reads too",
        prints: "a denial: that line expects Claude Code's arguments",
        host: "obeys it",
        outcome: "blocked",
        hole: "none; but its tools are then denied by mistake",
        closes: "wire claude-code with --scope user where both work in one checkout",
      },
      {
        kind: "gap",
        situation: "more input to a shell that runs already (write_bash)",
        prints: "a denial: nobody knows what it is told",
        host: "obeys it",
        outcome: "blocked",
        hole: null,
        closes: null,
      },
      {
        kind: "gap",
        situation: "commands a user types with !",
        prints: "nothing: not shown to hooks",
        host: "runs them",
        outcome: "unseen",
        hole: "whatever the user types",
        closes: "nothing needs to: it is the user",
      },
    ],
  },
};
