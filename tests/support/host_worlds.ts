/**
 * Agents' hosts, as their documentation describes them: the event each sends for the same wish, and
 * what it makes of an answer. Pure; shares no code with the engine, so that a mistake there is not
 * repeated here.
 */

/** How a hook's process ended. */
export interface Ended {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a host does with an answer. */
export type Reaction = "runs" | "blocked" | "asks";

/** What an agent wants to do. */
export type Wish =
  | { readonly write: string; readonly content?: string }
  | { readonly edit: string; readonly from: string; readonly to: string }
  | { readonly read: string }
  | { readonly remove: string }
  | { readonly command: string }
  | { readonly tool: string; readonly input: Fields };

export type Fields = Readonly<Record<string, unknown>>;

interface Tool {
  readonly name: string;
  readonly input: unknown;
}

export interface HostWorld {
  /** Names of its fields, for whoever takes them away or bends them. */
  readonly names: Readonly<Record<"event" | "tool" | "input" | "session", string>>;
  /** The event that asks before a tool runs. */
  readonly gate: string;
  /** The event that says what came of a tool, and the last one of a session or turn. */
  readonly after: string;
  readonly end: string;
  /** Everything but the tool. */
  readonly envelope: (cwd: string) => Fields;
  readonly toolOf: (wish: Wish) => Tool;
  /** Reads status and output as the host does, and never relies on its failing closed. */
  readonly react: (ended: Ended) => Reaction;
}

// deno-lint-ignore no-explicit-any -- whatever a hook printed
function parse(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const tool = (name: string, input: unknown): Tool => ({ name, input });
const claudeNames = {
  event: "hook_event_name",
  tool: "tool_name",
  input: "tool_input",
  session: "session_id",
};

const claudeEnvelope = (cwd: string): Fields => ({
  session_id: "s1",
  transcript_path: "/tmp/t.jsonl",
  cwd,
  permission_mode: "default",
  hook_event_name: "PreToolUse",
  tool_use_id: "toolu_1",
});

function claudeTool(wish: Wish): Tool {
  if ("tool" in wish) return tool(wish.tool, wish.input);
  if ("command" in wish) return tool("Bash", { command: wish.command });
  if ("remove" in wish) return tool("Bash", { command: `rm -- '${wish.remove}'` });
  if ("read" in wish) return tool("Read", { file_path: wish.read });
  return "write" in wish
    ? tool("Write", { file_path: wish.write, content: wish.content ?? "pwned" })
    : tool("Edit", { file_path: wish.edit, old_string: wish.from, new_string: wish.to });
}

function codexTool(wish: Wish): Tool {
  const patch = (lines: string) => `*** Begin Patch\n${lines}\n*** End Patch\n`;
  const change = (lines: string) => tool("apply_patch", { command: patch(lines) });
  if ("read" in wish) return tool("read_file", { file_path: wish.read });
  if ("write" in wish) {
    const lines = (wish.content ?? "pwned").replace(/\n$/, "").split("\n");
    return change([`*** Add File: ${wish.write}`, ...lines.map((line) => `+${line}`)].join("\n"));
  }
  if ("remove" in wish) return change(`*** Delete File: ${wish.remove}`);
  if ("edit" in wish) {
    return change(`*** Update File: ${wish.edit}\n@@\n-${wish.from}\n+${wish.to}`);
  }
  return claudeTool(wish);
}

function geminiTool(wish: Wish): Tool {
  if ("tool" in wish) return tool(wish.tool, wish.input);
  if ("command" in wish) return tool("run_shell_command", { command: wish.command });
  if ("remove" in wish) return tool("run_shell_command", { command: `rm -- '${wish.remove}'` });
  if ("read" in wish) return tool("read_file", { file_path: wish.read });
  return "write" in wish
    ? tool("write_file", { file_path: wish.write, content: wish.content ?? "pwned" })
    : tool("replace", { file_path: wish.edit, old_string: wish.from, new_string: wish.to });
}

function cursorTool(wish: Wish): Tool {
  if ("tool" in wish) return tool(wish.tool, wish.input);
  if ("command" in wish) return tool("Shell", { command: wish.command });
  if ("remove" in wish) return tool("Delete", { file_path: wish.remove });
  if ("read" in wish) return tool("Read", { file_path: wish.read });
  return "write" in wish
    ? tool("Write", { file_path: wish.write, content: wish.content ?? "pwned" })
    : tool("StrReplace", { path: wish.edit, old_string: wish.from, new_string: wish.to });
}

function copilotTool(wish: Wish): Tool {
  if ("tool" in wish) return tool(wish.tool, wish.input);
  if ("command" in wish) return tool("Bash", { command: wish.command });
  if ("remove" in wish) return tool("Bash", { command: `rm -- '${wish.remove}'` });
  if ("read" in wish) return tool("Read", { path: wish.read });
  return "write" in wish
    ? tool("Write", { path: wish.write, file_text: wish.content ?? "pwned" })
    : tool("Edit", { path: wish.edit, old_str: wish.from, new_str: wish.to });
}

function vscodeTool(wish: Wish): Tool {
  if ("tool" in wish) return tool(wish.tool, wish.input);
  if ("command" in wish) return tool("run_in_terminal", { command: wish.command });
  if ("remove" in wish) return tool("delete_file", { filePath: wish.remove });
  if ("read" in wish) return tool("read_file", { filePath: wish.read });
  if ("write" in wish) {
    return tool("create_file", { filePath: wish.write, content: wish.content ?? "pwned" });
  }
  const { edit: filePath, from: oldString, to: newString } = wish;
  return tool("replace_string_in_file", { filePath, oldString, newString });
}

function readByClaude({ exit, stdout }: Ended): Reaction {
  if (exit === 2) return "blocked";
  if (exit !== 0 || !stdout.startsWith("{")) return "runs";
  const output = parse(stdout)?.hookSpecificOutput;
  if (output?.decision?.behavior === "deny") return "blocked";
  if (output?.permissionDecision === "deny") return "blocked";
  return output?.permissionDecision === "ask" ? "asks" : "runs";
}

/** A field or value it does not support makes the hook a broken one, and the tool runs. */
function readByCodex({ exit, stdout, stderr }: Ended): Reaction {
  if (exit === 2) return stderr.trim() === "" ? "runs" : "blocked";
  if (exit !== 0 || !stdout.startsWith("{")) return "runs";
  const document = parse(stdout);
  const output = document?.hookSpecificOutput ?? {};
  const keys = [...Object.keys(document ?? {}), ...Object.keys(output)].join();
  if (keys === "hookSpecificOutput,hookEventName,decision") {
    return output.decision.behavior === "deny" && output.decision.message ? "blocked" : "runs";
  }
  const wanted = "hookSpecificOutput,hookEventName,permissionDecision,permissionDecisionReason";
  const isDenial = keys === wanted && output.permissionDecision === "deny";
  return isDenial && output.permissionDecisionReason !== "" ? "blocked" : "runs";
}

/** Reads the first output that is there; what is no JSON counts with a status of 2 only. */
function readByGemini({ exit, stdout, stderr }: Ended): Reaction {
  const text = stdout.trim() || stderr.trim();
  const answer = parse(text);
  if (answer !== null) return ["deny", "block"].includes(answer.decision) ? "blocked" : "runs";
  return exit === 2 && text !== "" ? "blocked" : "runs";
}

/** As if nobody had set failClosed; what asks is not enforced. */
function readByCursor({ exit, stdout }: Ended): Reaction {
  if (exit === 2) return "blocked";
  return exit === 0 && parse(stdout)?.permission === "deny" ? "blocked" : "runs";
}

function readByCopilot({ exit, stdout }: Ended): Reaction {
  if (exit !== 0) return exit === 2 ? "blocked" : "runs";
  const { permissionDecision: decision, permissionDecisionReason: reason } = parse(stdout) ?? {};
  if (decision === "deny") return reason ? "blocked" : "runs";
  return decision === "ask" ? "asks" : "runs";
}

export const hostWorlds = {
  "claude-code": {
    names: claudeNames,
    gate: "PreToolUse",
    after: "PostToolUse",
    end: "SessionEnd",
    envelope: claudeEnvelope,
    toolOf: claudeTool,
    react: readByClaude,
  },
  codex: {
    names: claudeNames,
    gate: "PreToolUse",
    after: "PostToolUse",
    end: "Stop",
    envelope: claudeEnvelope,
    toolOf: codexTool,
    react: readByCodex,
  },
  gemini: {
    names: claudeNames,
    gate: "BeforeTool",
    after: "AfterTool",
    end: "SessionEnd",
    envelope: (cwd) => ({
      session_id: "s1",
      transcript_path: "/tmp/t.json",
      cwd,
      hook_event_name: "BeforeTool",
      timestamp: "2026-11-22T18:00:00.000Z",
    }),
    toolOf: geminiTool,
    react: readByGemini,
  },
  cursor: {
    names: { ...claudeNames, session: "conversation_id" },
    gate: "preToolUse",
    after: "postToolUse",
    end: "sessionEnd",
    envelope: (cwd) => ({
      conversation_id: "s1",
      generation_id: "g1",
      model: "m",
      hook_event_name: "preToolUse",
      cursor_version: "3.11",
      workspace_roots: [cwd],
      tool_use_id: "t1",
    }),
    toolOf: cursorTool,
    react: readByCursor,
  },
  copilot: {
    names: claudeNames,
    gate: "PreToolUse",
    after: "PostToolUse",
    end: "SessionEnd",
    envelope: (cwd) => ({
      hook_event_name: "PreToolUse",
      session_id: "s1",
      timestamp: "2026-11-22T18:00:00.000Z",
      cwd,
    }),
    toolOf: copilotTool,
    react: readByCopilot,
  },
  vscode: {
    names: { ...claudeNames, event: "hookEventName", session: "sessionId" },
    gate: "PreToolUse",
    after: "PostToolUse",
    end: "Stop",
    envelope: (cwd) => ({
      timestamp: "2026-11-22T18:00:00.000Z",
      cwd,
      sessionId: "s1",
      hookEventName: "PreToolUse",
      transcript_path: "/tmp/t.json",
      tool_use_id: "tool-1",
    }),
    toolOf: vscodeTool,
    react: readByClaude,
  },
} as const satisfies Readonly<Record<string, HostWorld>>;

export type WorldName = keyof typeof hostWorlds;
export const worldNames = Object.keys(hostWorlds) as readonly WorldName[];

/** The event a host sends for a wish. */
export function worldEvent(name: WorldName, wish: Wish, cwd: string): Fields {
  const { names, envelope, toolOf }: HostWorld = hostWorlds[name];
  const { name: toolName, input } = toolOf(wish);
  return { ...envelope(cwd), [names.tool]: toolName, [names.input]: input };
}
