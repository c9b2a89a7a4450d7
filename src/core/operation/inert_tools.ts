/**
 * Tools of agent hosts that act inside the host only: they keep lists, ask people, start or stop
 * what is judged by itself, and touch no file. Calling them has an effect, but leaves no doubt.
 *
 * @module
 */

/** Names as Claude Code and Codex send them; matched exactly. */
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
]);
