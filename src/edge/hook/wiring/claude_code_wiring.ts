/**
 * Claude Code's settings, and what would stop it.
 *
 * @module
 */
import { claudeCodeTruths } from "../truths/claude_code_truths.ts";
import { groupedEntry } from "./grouped_entry.ts";
import type { HostWiring } from "./host_wiring.ts";
import { findToolUseFault } from "./tool_use_fault.ts";

/**
 * PermissionRequest is left out: PreToolUse has decided before any question is asked, and Claude
 * Code does not honour a status of 2 there.
 *
 * SECURITY: only events that every version knows. Versions of Claude Code skip a settings file as
 * a whole, this gate with it, over one event's name that is new to them.
 */
export const claudeCodeWiring: HostWiring = {
  host: "claude-code",
  title: "Claude Code",
  // The line names this machine's paths, and a project's file is one that teams commit.
  scopes: ["local", "project", "user", "managed"],
  userFolder: { variable: "CLAUDE_CONFIG_DIR", name: ".claude" },
  files: {
    local: ".claude/settings.local.json",
    project: ".claude/settings.json",
    user: "settings.json",
    managed: "/etc/claude-code/managed-settings.json",
  },
  isExclusive: true,
  events: [
    { event: "PreToolUse", purpose: "gate", matcher: "*" },
    { event: "PostToolUse", purpose: "record", matcher: "*" },
    { event: "SessionStart", purpose: "record", matcher: null },
    { event: "Stop", purpose: "record", matcher: null },
    { event: "SessionEnd", purpose: "record", matcher: null },
  ],
  entryOf: groupedEntry,
  canaryOf: ({ root, toolUseId }) => ({
    session_id: "sealward-canary",
    cwd: root,
    permission_mode: "default",
    hook_event_name: "PreToolUse",
    tool_use_id: toolUseId,
    transcript_path: `${root}/sealward-canary.jsonl`,
    tool_name: "Write",
    tool_input: { file_path: `${root}/.scalpel/policy.yaml`, content: "canary\n" },
  }),
  findFault: (answer) => findToolUseFault(answer, "Claude Code"),
  switchFiles: (_root, folder) => folder === null ? [] : [`${folder}/settings.local.json`],
  unproven: "Whether Claude Code itself runs the hook is seen only there: start it, look at " +
    "/hooks, and ask it to write .scalpel/policy.yaml. It must be told no. Not under --bare or " +
    "--safe-mode, which skip hooks.",
  facts: { asOf: "Claude Code's hooks as documented in November 2026", rows: claudeCodeTruths },
};
