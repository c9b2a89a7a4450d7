/**
 * Codex' settings, and what would stop it.
 *
 * @module
 */
import type { JsonObject } from "../../../core/operation/operation.ts";
import { isJsonObject } from "../../../core/operation/parse_field.ts";
import { codexTruths } from "../truths/codex_truths.ts";
import { groupedEntry } from "./grouped_entry.ts";
import type { HostWiring } from "./host_wiring.ts";
import { findToolUseFault } from "./tool_use_fault.ts";

/** No matcher means every tool. It has no file in a checkout that is one user's. */
export const codexWiring: HostWiring = {
  host: "codex",
  title: "Codex",
  scopes: ["project", "user", "managed"],
  userFolder: { variable: "CODEX_HOME", name: ".codex" },
  files: {
    project: ".codex/hooks.json",
    user: "hooks.json",
    managed: "/etc/codex/requirements.toml",
  },
  events: [
    { event: "PreToolUse", purpose: "gate", matcher: null },
    { event: "PostToolUse", purpose: "record", matcher: null },
    { event: "SessionStart", purpose: "record", matcher: null },
    { event: "Stop", purpose: "record", matcher: null },
  ],
  entryOf: groupedEntry,
  onlyMembers: ["description", "hooks"],
  canaryOf: ({ root, toolUseId }) => ({
    session_id: "sealward-canary",
    cwd: root,
    permission_mode: "default",
    hook_event_name: "PreToolUse",
    tool_use_id: toolUseId,
    turn_id: "sealward-canary",
    transcript_path: null,
    model: "sealward-canary",
    tool_name: "apply_patch",
    tool_input: {
      command: "*** Begin Patch\n*** Add File: .scalpel/policy.yaml\n+canary\n*** End Patch\n",
    },
  }),
  findFault: (answer) => findToolUseFault(answer, "Codex") ?? findUnknown(answer),
  needsReason: true,
  switchFiles: (root, folder) =>
    [`${root}/.codex`, folder].flatMap((each) => each === null ? [] : [`${each}/config.toml`]),
  unproven:
    "Whether Codex itself runs the hook is seen only there: open /hooks, review and trust " +
    "these definitions (a changed one is skipped until trusted; a project's only in a trusted " +
    "project), and ask it to write .scalpel/policy.yaml. It must be told no.",
  facts: { asOf: "Codex CLI's hooks as documented in November 2026", rows: codexTruths },
};

/** Members it knows beside the decision; anything else makes it run the tool. */
const known = ["hookEventName", "permissionDecision", "permissionDecisionReason"];

function findUnknown(answer: JsonObject): string | null {
  const specific = answer["hookSpecificOutput"] ?? null;
  const unknown = [
    ...Object.keys(answer).filter((name) =>
      !["hookSpecificOutput", "systemMessage"].includes(name)
    ),
    ...Object.keys(isJsonObject(specific) ? specific : {}).filter((name) => !known.includes(name)),
  ];
  return unknown.length === 0
    ? null
    : `the member "${unknown[0]}", which Codex does not take: it would run the tool`;
}
