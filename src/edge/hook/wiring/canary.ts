/**
 * The canary: what a host would send before the agent overwrites the policy, and whether the
 * answer would have stopped it. Denied by every policy, also in observe mode.
 *
 * @module
 */
import type { Entry } from "../../../core/audit/entry.ts";
import { isJsonObject } from "../../../core/operation/parse_field.ts";
import { parseStrictJson } from "../../../core/strict_json.ts";
import type { HostName } from "./hook_line.ts";
import { gateEvent } from "./wired_event.ts";

export interface CanaryRequest {
  /** Absolute path of the project's root. */
  readonly root: string;
  /** Nobody else's: found again in the log's entry. */
  readonly toolUseId: string;
}

/** What a command line did. */
export interface LineOutcome {
  /** Null when it was ended for taking too long. */
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The host's JSON, as it stands on the hook's standard input. */
export function encodeCanary(host: HostName, { root, toolUseId }: CanaryRequest): string {
  const shared = {
    session_id: "sealward-canary",
    cwd: root,
    permission_mode: "default",
    hook_event_name: gateEvent,
    tool_use_id: toolUseId,
  };
  const own = {
    "claude-code": {
      transcript_path: `${root}/sealward-canary.jsonl`,
      tool_name: "Write",
      tool_input: { file_path: `${root}/.scalpel/policy.yaml`, content: "canary\n" },
    },
    "codex": {
      turn_id: "sealward-canary",
      transcript_path: null,
      model: "sealward-canary",
      tool_name: "apply_patch",
      tool_input: {
        command: "*** Begin Patch\n*** Add File: .scalpel/policy.yaml\n+canary\n*** End Patch\n",
      },
    },
  }[host];
  return `${JSON.stringify({ ...shared, ...own })}\n`;
}

/** Members Codex knows beside the decision; anything else makes it run the tool. */
const codexMembers = ["hookEventName", "permissionDecision", "permissionDecisionReason"];

/**
 * Whether the host would stop the tool after this.
 *
 * @returns Null when it would; else what is missing, one line.
 */
export function findLeak(host: HostName, outcome: LineOutcome): string | null {
  if (outcome.exit === null) return "it did not answer in time: the host would run the tool";
  if (outcome.exit === 2) {
    return host === "codex" && outcome.stderr.trim() === ""
      ? "exit 2 with an empty standard error: Codex would run the tool"
      : null;
  }
  if (outcome.exit !== 0) return `exit ${outcome.exit}: the host would run the tool`;
  const answer = parseAnswer(outcome.stdout);
  if (answer === null) return "exit 0 without a denial: the host would run the tool";
  const { permissionDecision, permissionDecisionReason, hookEventName } = answer.specific;
  if (permissionDecision !== "deny" || hookEventName !== gateEvent) {
    return "exit 0 and no denial in the host's own form";
  }
  if (typeof permissionDecisionReason !== "string" || permissionDecisionReason === "") {
    return "a denial without a reason: Codex would run the tool";
  }
  return host === "codex" ? findUnknown(answer) : null;
}

interface Answer {
  readonly members: readonly string[];
  readonly specific: Readonly<Record<string, unknown>>;
}

function parseAnswer(stdout: string): Answer | null {
  try {
    // A key given twice may mean to the host what it does not mean to us.
    const value = parseStrictJson(stdout);
    if (!isJsonObject(value)) return null;
    const specific = value["hookSpecificOutput"] ?? null;
    return isJsonObject(specific) ? { members: Object.keys(value), specific } : null;
  } catch {
    return null;
  }
}

function findUnknown({ members, specific }: Answer): string | null {
  const unknown = [
    ...members.filter((name) => !["hookSpecificOutput", "systemMessage"].includes(name)),
    ...Object.keys(specific).filter((name) => !codexMembers.includes(name)),
  ];
  return unknown.length === 0
    ? null
    : `the member "${unknown[0]}", which Codex does not take: it would run the tool`;
}

/** What the log has of a canary. */
export interface CanaryEntry {
  readonly seq: number;
  /** Of the policy that denied it. */
  readonly mode: string | null;
}

/** The canary's own entry: a denial that names its id. */
export function findCanaryEntry(entries: readonly Entry[], toolUseId: string): CanaryEntry | null {
  const found = entries.find(({ details }) => {
    const operation = isJsonObject(details) ? details["operation"] ?? null : null;
    return isJsonObject(details) && details["decision"] === "deny" &&
      isJsonObject(operation) && operation["correlation_id"] === toolUseId;
  });
  if (found === undefined) return null;
  const mode = isJsonObject(found.details) ? found.details["mode"] ?? null : null;
  return { seq: found.seq, mode: typeof mode === "string" ? mode : null };
}
