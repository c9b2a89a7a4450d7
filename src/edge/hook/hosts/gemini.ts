/**
 * Gemini CLI: its tools, its answers, its settings. It has no id for a tool call, so what came of a
 * call is not paired with its decision; and no way to ask from a hook.
 *
 * @module
 */
import { askAsDenial } from "../ask_as_denial.ts";
import { answerByStatus, answerJson, type HookAnswer, type HookVerdict } from "../hook_answer.ts";
import type { ParsedHookEvent } from "../hook_event.ts";
import type { HookHost } from "../hook_host.ts";
import { parseEventFields, readHookEvent } from "../parse_hook_event.ts";
import {
  commandTool,
  editTool,
  networkTool,
  readTool,
  searchTool,
  writeTool,
} from "../path_tools.ts";
import { maxEditedFileBytes } from "../../../core/limits.ts";
import { planHookOperation } from "../plan_hook_operation.ts";
import { renameEvent } from "../rename_event.ts";
import { joinTo, textOf, type ToolRule, type ToolTable } from "../tool_table.ts";
import { hookTimeoutSeconds } from "../wiring/hook_timeout.ts";
import type { HostWiring } from "../wiring/host_wiring.ts";

const events = {
  BeforeTool: "PreToolUse",
  AfterTool: "PostToolUse",
  SessionStart: "SessionStart",
  SessionEnd: "SessionEnd",
  AfterAgent: "Stop",
  BeforeAgent: "UserPromptSubmit",
  Notification: "Notification",
  PreCompress: "PreCompact",
};

const filePath = ["file_path", "absolute_path"];
const folderPath = ["dir_path", "path"];
const ignoring = { respect_git_ignore: "boolean", respect_gemini_ignore: "boolean" } as const;

const replace = editTool({
  paths: ["file_path"],
  oldText: "old_string",
  newText: "new_string",
  optional: {
    instruction: "string",
    expected_replacements: "number",
    allow_multiple: "boolean",
  },
  isAll: ({ allow_multiple: all, expected_replacements: count }) =>
    all === true || (typeof count === "number" && count !== 1),
});

/**
 * SECURITY: the host looks in every folder for a relative name that is not there, and edits the one
 * file it finds: `policy.yaml` may be .scalpel/policy.yaml.
 */
const replaceThere: ToolRule["plan"] = (input, context) => {
  const path = textOf(input, "file_path");
  const isThere = path.startsWith("/") ||
    context.readText(joinTo(context.cwd, path), maxEditedFileBytes) !== null;
  return isThere ? replace.plan(input, context) : null;
};

/** The addresses stand in a sentence; several are more than a network effect can name. */
const fetchPages: ToolRule["plan"] = (input, context) => {
  const prompt = textOf(input, "prompt");
  const [url, other] = prompt.match(/\S*:\/\/\S*/g) ?? [];
  if (prompt === "") return networkTool("url").plan(input, context);
  return url === undefined || other !== undefined || input["url"] !== undefined
    ? null
    : { type: "network", metadata: { url } };
};

const tools: ToolTable = new Map<string, ToolRule>([
  [
    "run_shell_command",
    commandTool(["dir_path", "directory"], {
      description: "string",
      is_background: "boolean",
      delay_ms: "number",
    }),
  ],
  ["write_file", writeTool(["file_path"], ["content"])],
  ["replace", { ...replace, plan: replaceThere }],
  [
    "read_file",
    readTool([...filePath, "path"], {
      offset: "number",
      limit: "number",
      start_line: "number",
      end_line: "number",
    }),
  ],
  ["list_directory", readTool(folderPath, { ignore: "list", ...ignoring })],
  ["glob", searchTool(folderPath, ["pattern"], { case_sensitive: "boolean", ...ignoring })],
  ...["grep_search", "search_file_content"].map((name): [string, ToolRule] => [
    name,
    searchTool(folderPath, ["include", "include_pattern"], {
      pattern: "string",
      exclude_pattern: "string",
      names_only: "boolean",
      case_sensitive: "boolean",
      fixed_strings: "boolean",
      no_ignore: "boolean",
      context: "number",
      after: "number",
      before: "number",
      max_matches_per_file: "number",
      total_max_matches: "number",
    }),
  ]),
  ["google_web_search", networkTool(null, { query: "string" })],
  ["web_fetch", { required: {}, optional: { url: "string", prompt: "string" }, plan: fetchPages }],
]);

/** SECURITY: a server may give its tool the name of one of the host's own. */
const noTools: ToolTable = new Map();

function tableFor({ fields }: ParsedHookEvent): ToolTable {
  return (fields["mcp_context"] ?? null) === null ? tools : noTools;
}

function encode(event: ParsedHookEvent | null, verdict: HookVerdict): HookAnswer {
  if (verdict.kind === "none") return answerJson({});
  const text = verdict.kind === "ask" ? askAsDenial(verdict.text) : verdict.text;
  if (event?.kind === "observed") return answerJson({ systemMessage: text });
  return event?.kind === "before" && verdict.kind !== "failure"
    ? answerJson({ decision: "deny", reason: text })
    : answerByStatus(text);
}

export const gemini: HookHost = {
  name: "gemini",
  reportsOutcomes: false,
  endsSessions: true,
  parse: (text) => readHookEvent(renameEvent(parseEventFields(text), events), "gemini"),
  plan: (event, context) => planHookOperation(event, tableFor(event), context),
  encode,
};

export const geminiWiring: HostWiring = {
  host: "gemini",
  title: "Gemini CLI",
  scopes: ["project", "user", "managed"],
  userFolder: { variable: "GEMINI_CLI_HOME", name: ".gemini", isHome: true },
  files: {
    project: ".gemini/settings.json",
    user: "settings.json",
    managed: "/etc/gemini-cli/settings.json",
  },
  events: [
    { event: "BeforeTool", purpose: "gate", matcher: null },
    { event: "AfterTool", purpose: "record", matcher: null },
    { event: "SessionStart", purpose: "record", matcher: null },
    { event: "AfterAgent", purpose: "record", matcher: null },
    { event: "SessionEnd", purpose: "record", matcher: null },
  ],
  // Milliseconds here, seconds everywhere else.
  entryOf: (_event, command) => ({
    hooks: [{ type: "command", command, timeout: hookTimeoutSeconds * 1000 }],
  }),
  canaryOf: ({ root, toolUseId }) => ({
    session_id: "sealward-canary",
    transcript_path: `${root}/sealward-canary.json`,
    cwd: root,
    hook_event_name: "BeforeTool",
    timestamp: "2026-01-01T00:00:00.000Z",
    tool_use_id: toolUseId,
    tool_name: "write_file",
    tool_input: { file_path: `${root}/.scalpel/policy.yaml`, content: "canary\n" },
  }),
  // An empty standard error beside status 2 is no answer at all there.
  needsReason: true,
  findFault: ({ decision, reason }) => {
    if (decision !== "deny") return "exit 0 without a denial: the host would run the tool";
    return typeof reason === "string" && reason !== "" ? null : "a denial without a reason";
  },
  switchFiles: () => ["/etc/gemini-cli/system-defaults.json"],
  switchedOff:
    /"hooksConfig"\s*:\s*\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*"(?:enabled"\s*:\s*false|disabled"\s*:\s*\[[^\]]*sealward)|"enableHooks"\s*:\s*false/,
  unproven: "Whether Gemini CLI itself runs the hook is seen only there: open /hooks, trust the " +
    "folder (hooks of a project that is not trusted are skipped), and ask it to write " +
    ".scalpel/policy.yaml. It must be told no.",
  facts: {
    asOf: "Gemini CLI's hooks as documented in November 2026; not seen from a running one",
    allow: { prints: "{}, exit 0", host: "its own policy and questions decide" },
    ask: {
      prints: 'JSON decision deny, its reason begins "needs a human", exit 0',
      host: "does not run the tool: asking from a hook is not documented",
      outcome: "blocked",
      hole: "none; but nobody is asked inside Gemini CLI",
      closes: null,
    },
    deny: {
      prints: "JSON decision deny with a reason, exit 0",
      host: "does not run the tool; the model reads the reason",
    },
    failure: "exit 2 with a reason",
    blocks: "blocks on 2 where a reason is there",
    otherwise: "on every other status the tool runs",
    late: "gives up after the 30 s that install writes (60 s by default): the tool runs",
    unread: {
      host: "takes exit 0 without JSON as an allow with a message: the tool runs",
      outcome: "runs",
      hole: "a closed output that the runtime does not report",
      closes: "the host opens the pipe itself: only a changed host closes it",
    },
    unrecorded: "JSON systemMessage, exit 0: nothing is held up after the fact",
    off: {
      situation: "hooks switched off (hooksConfig.enabled, hooksConfig.disabled)",
      closes: "--scope managed (its settings win over all others); hook status says DRIFT",
    },
    mcpName: "mcp_SERVER_TOOL",
    own: [
      {
        kind: "gap",
        situation: "a folder that is not trusted",
        prints: "nothing: not started",
        host: "skips the hooks of a project that nobody trusted",
        outcome: "unseen",
        hole: "everything, until a human trusts the folder",
        closes: "--scope user or managed",
      },
      {
        kind: "gap",
        situation: "its redaction of environment variables",
        prints: "a denial, where the secret came from a variable alone",
        host: "removes variables whose names hold SECRET, TOKEN or KEY before it starts a hook",
        outcome: "blocked",
        hole: null,
        closes: "SCALPEL_AUDIT_SECRET_FILE in a unit, or the key that init made",
      },
      {
        kind: "gap",
        situation: "what came of a tool call",
        prints: "nothing: its events name no call",
        host: "sends no id that pairs AfterTool with BeforeTool",
        outcome: "obeyed",
        hole: "no alarm for an outcome without a decision",
        closes: "protected files are looked at after each tool all the same",
      },
      {
        kind: "gap",
        situation: "another hook rewrites the input (hookSpecificOutput.tool_input)",
        prints: "a verdict on the input we were shown",
        host: "merges the other hook's input over it",
        outcome: "unseen",
        hole: "what runs need not be what was judged",
        closes: "hook status, and no other hook on BeforeTool",
      },
    ],
  },
};
