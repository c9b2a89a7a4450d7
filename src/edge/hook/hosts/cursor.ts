/**
 * Cursor: its tools, its answers, its settings. Wired with `failClosed`, it takes an empty answer
 * for a broken hook: every answer is explicit, an allow too.
 *
 * @module
 */
import type { Json, JsonObject } from "../../../core/operation/operation.ts";
import { isJsonObject } from "../../../core/operation/parse_field.ts";
import { refuseAt } from "../../../core/operation/refuse_at.ts";
import { parseStrictJson } from "../../../core/strict_json.ts";
import { askAsDenial } from "../ask_as_denial.ts";
import { answerByStatus, answerJson, type HookAnswer, type HookVerdict } from "../hook_answer.ts";
import type { ParsedHookEvent } from "../hook_event.ts";
import type { HookHost } from "../hook_host.ts";
import { parseEventFields, readHookEvent } from "../parse_hook_event.ts";
import {
  editTool,
  filesTool,
  keptShellTool,
  networkTool,
  readTool,
  searchTool,
  writeTool,
} from "../path_tools.ts";
import { planHookOperation } from "../plan_hook_operation.ts";
import { renameEvent } from "../rename_event.ts";
import type { ToolRule, ToolTable } from "../tool_table.ts";
import { hookTimeoutSeconds } from "../wiring/hook_timeout.ts";
import type { HostWiring } from "../wiring/host_wiring.ts";

const events = {
  preToolUse: "PreToolUse",
  beforeShellExecution: "PreToolUse",
  beforeMCPExecution: "PreToolUse",
  beforeReadFile: "PreToolUse",
  beforeTabFileRead: "PreToolUse",
  postToolUse: "PostToolUse",
  postToolUseFailure: "PostToolUseFailure",
  sessionStart: "SessionStart",
  sessionEnd: "SessionEnd",
  stop: "Stop",
  preCompact: "PreCompact",
  subagentStart: "SubagentStart",
  subagentStop: "SubagentStop",
  beforeSubmitPrompt: "UserPromptSubmit",
};

const path = ["file_path", "path", "target_file"];
const search = { output_mode: "string", head_limit: "number", multiline: "boolean" } as const;

const tools: ToolTable = new Map<string, ToolRule>([
  [
    "Shell",
    // What asks for more rights than the sandbox gives is a field nobody knows.
    keptShellTool(["working_directory", "cwd"], {
      description: "string",
      timeout: "number",
      block_until_ms: "number",
      is_background: "boolean",
    }),
  ],
  ["Read", readTool([...path, "attachment"], { offset: "number", limit: "number" })],
  ["Write", writeTool(path, ["content", "contents"])],
  ...["Edit", "StrReplace"].map((name): [string, ToolRule] => [
    name,
    editTool({
      paths: path,
      oldText: "old_string",
      newText: "new_string",
      optional: { replace_all: "boolean" },
      isAll: ({ replace_all: all }) => all === true,
    }),
  ]),
  ["Delete", filesTool("file_delete", path)],
  ["LS", readTool(["target_directory", "path"])],
  ["Glob", searchTool(["target_directory", "path"], ["glob_pattern", "pattern"])],
  [
    "Grep",
    searchTool(["path"], ["glob"], {
      pattern: "string",
      type: "string",
      "-A": "number",
      "-B": "number",
      "-C": "number",
      "-i": "boolean",
      "-n": "boolean",
      ...search,
    }),
  ],
  ["WebSearch", networkTool(null, { search_term: "string", query: "string" })],
  ["WebFetch", networkTool("url")],
]);
const noTools: ToolTable = new Map();

function parse(text: string): ParsedHookEvent {
  const fields = parseEventFields(text);
  return readHookEvent(renameEvent(inCommonNames(fields), events), "cursor");
}

/** Working folder, session and tool where the other hosts have them. */
function inCommonNames(fields: JsonObject): JsonObject {
  const { conversation_id: conversation = null, cwd = null } = fields;
  const roots = fields["workspace_roots"];
  const [root, other] = Array.isArray(roots) ? roots : [];
  const isPlaced = cwd !== null && cwd !== "";
  return {
    ...fields,
    ...(conversation === null ? {} : { session_id: conversation }),
    // Several roots and no folder: nobody knows which of them a command runs in.
    cwd: isPlaced ? cwd : other === undefined ? root ?? null : null,
    is_placed: isPlaced || other === undefined,
    ...toolOf(fields),
  };
}

/** Events that name no tool are about one all the same. */
function toolOf(fields: JsonObject): JsonObject {
  switch (fields["hook_event_name"]) {
    case "beforeShellExecution":
      return { tool_name: "Shell", tool_input: { command: fields["command"] ?? null } };
    case "beforeTabFileRead":
    case "beforeReadFile":
      return { tool_name: "Read", tool_input: readInput(fields) };
    case "beforeMCPExecution": {
      const { tool_name: name = null, tool_input: input = null } = fields;
      const isText = typeof input === "string";
      return {
        tool_name: typeof name === "string" ? `MCP:${name}` : name,
        tool_input: isText ? parseStrictJson(input) : input,
      };
    }
    default:
      return {};
  }
}

function readInput(fields: JsonObject): JsonObject {
  const { file_path: path = null, attachments = null } = fields;
  const files = Array.isArray(attachments) ? attachments.map(attachedFile) : [];
  // One that is attached beside it is one more to read; several leave the tool unknown.
  const [first, ...others] = files;
  const more = first === undefined ? {} : { attachment: first };
  return { file_path: path, ...more, ...(others.length === 0 ? {} : { attachments: others }) };
}

function attachedFile(attachment: Json): Json {
  if (!isJsonObject(attachment)) return refuseAt(["attachments"], "no object", "a file");
  return attachment["file_path"] ?? attachment["filePath"] ?? null;
}

function tableFor({ tool, fields }: ParsedHookEvent): ToolTable {
  const isAdrift = fields["is_placed"] === false && tool?.name === "Shell" &&
    tool.input["working_directory"] === undefined;
  return isAdrift ? noTools : tools;
}

function encode(event: ParsedHookEvent | null, verdict: HookVerdict): HookAnswer {
  if (verdict.kind === "none") {
    return answerJson(event === null || event.kind === "observed" ? {} : { permission: "allow" });
  }
  const text = verdict.kind === "ask" ? askAsDenial(verdict.text) : verdict.text;
  // No member of an answer after the fact is for people.
  if (event?.kind === "observed") return { ...answerJson({}), stderr: `${text}\n` };
  return event?.kind === "before"
    ? answerJson({ permission: "deny", user_message: text, agent_message: text })
    : answerByStatus(text);
}

export const cursor: HookHost = {
  name: "cursor",
  reportsOutcomes: true,
  endsSessions: true,
  parse,
  plan: (event, context) => planHookOperation(event, tableFor(event), context),
  encode,
};

/** preToolUse is every tool; with beforeShellExecution beside it a call would be judged twice. */
export const cursorWiring: HostWiring = {
  host: "cursor",
  title: "Cursor",
  scopes: ["project", "user", "managed"],
  userFolder: { variable: null, name: ".cursor" },
  files: { project: ".cursor/hooks.json", user: "hooks.json", managed: "/etc/cursor/hooks.json" },
  version: 1,
  events: [
    { event: "preToolUse", purpose: "gate", matcher: null },
    { event: "postToolUse", purpose: "record", matcher: null },
    { event: "postToolUseFailure", purpose: "record", matcher: null },
    { event: "sessionStart", purpose: "record", matcher: null },
    { event: "stop", purpose: "record", matcher: null },
    { event: "sessionEnd", purpose: "record", matcher: null },
  ],
  entryOf: ({ purpose }, command) => ({
    command,
    timeout: hookTimeoutSeconds,
    ...(purpose === "gate" ? { failClosed: true } : {}),
  }),
  canaryOf: ({ root, toolUseId }) => ({
    conversation_id: "sealward-canary",
    generation_id: "sealward-canary",
    session_id: "sealward-canary",
    model: "sealward-canary",
    hook_event_name: "preToolUse",
    cursor_version: "0",
    workspace_roots: [root],
    transcript_path: null,
    tool_use_id: toolUseId,
    tool_name: "Write",
    tool_input: { file_path: `${root}/.scalpel/policy.yaml`, content: "canary\n" },
  }),
  findFault: ({ permission }) =>
    permission === "deny" ? null : "exit 0 without a denial: the host would run the tool",
  switchFiles: () => [],
  unproven: "Whether Cursor itself runs the hook is seen only there: open Settings, Hooks, look " +
    "that preToolUse is listed, and ask it to write .scalpel/policy.yaml. It must be told no. " +
    "A project's hooks need a trusted workspace.",
  facts: {
    asOf: "Cursor's hooks as documented in November 2026; not seen from a running one",
    allow: {
      prints: "JSON permission allow, exit 0 (with failClosed nothing else passes)",
      host: "goes on; whether its own question for the tool is skipped is not documented",
    },
    ask: {
      prints: 'JSON permission deny, its message begins "needs a human", exit 0',
      host: "does not run the tool: ask is not enforced on preToolUse",
      outcome: "blocked",
      hole: "none; but nobody is asked inside Cursor",
      closes: null,
    },
    deny: {
      prints: "JSON permission deny with a message for user and agent, exit 0",
      host: "does not run the tool; the model reads the message",
    },
    failure: "JSON permission deny; exit 2 with a reason where the event cannot be read",
    blocks: "blocks on both",
    otherwise: "with failClosed it blocks on every other status too; without it the tool runs",
    late: "gives up after the 30 s that install writes; with failClosed it should block, which " +
      "nobody has seen",
    unread: {
      host: "with failClosed, blocks on an empty answer",
      outcome: "blocked",
      hole: null,
      closes: null,
    },
    unrecorded: "{}, exit 0, the reason on standard error: nothing is held up after the fact",
    off: {
      situation: "hooks switched off, or failClosed taken out, in settings",
      closes: "--scope managed (root-owned); hook status says DRIFT",
    },
    mcpName: "MCP:TOOL",
    own: [
      {
        kind: "gap",
        situation: "Tab completions and files attached to a prompt",
        prints: "nothing: preToolUse is not raised",
        host: "reads the file",
        outcome: "unseen",
        hole: "a secret can be read by attaching it, or by completing in it",
        closes: "the same line on beforeReadFile and beforeTabFileRead; file permissions",
      },
      {
        kind: "gap",
        situation: "an edit without its text",
        prints: "a denial where the policy has limits: it cannot be measured",
        host: "does not say in its documentation what Write carries",
        outcome: "blocked",
        hole: null,
        closes: "a policy without limits, if the text is missing in your version",
      },
      {
        kind: "gap",
        situation: "hooks of Claude Code, which Cursor can load too",
        prints: "that line's verdict; exit 2 where the event is not Claude Code's",
        host: "obeys it as its page on third-party hooks says",
        outcome: "obeyed",
        hole: "tools denied by mistake, and each call judged twice",
        closes: "leave third-party hooks off, and wire cursor",
      },
    ],
  },
};
