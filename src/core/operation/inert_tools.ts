/**
 * Tools of agent hosts that act inside the host only: they keep lists, ask people, start or stop
 * what is judged by itself, and touch no file. Calling them has an effect, but leaves no doubt.
 *
 * @module
 */

/**
 * Names as the hosts send them; matched exactly. Names that a tool of anybody else's may well have,
 * as `task` or `ask_user`, are not among them.
 */
export const inertTools: ReadonlySet<string> = new Set([
  // Claude Code
  "Agent",
  "AskUserQuestion",
  "BashOutput",
  "EnterPlanMode",
  "ExitPlanMode",
  "KillBash",
  "KillShell",
  "ListMcpResourcesTool",
  "Skill",
  "SlashCommand",
  "Task",
  "TaskCreate",
  "TaskGet",
  "TaskList",
  "TaskOutput",
  "TaskStop",
  "TaskUpdate",
  "TodoRead",
  "TodoWrite",
  "ToolSearch",
  // Codex
  "close_agent",
  "request_user_input",
  "resume_agent",
  "send_input",
  "spawn_agent",
  "update_plan",
  "wait_agent",
  // Gemini CLI
  "enter_plan_mode",
  "exit_plan_mode",
  "update_topic",
  "write_todos",
  // GitHub Copilot
  "list_bash",
  "read_bash",
  "stop_bash",
  "update_todo",
  // VS Code
  "get_terminal_output",
  "kill_terminal",
  "manage_todo_list",
]);
