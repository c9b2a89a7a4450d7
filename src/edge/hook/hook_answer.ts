/**
 * What a hook has to say, and the bytes and status that say it to a host.
 *
 * @module
 */
import type { Decision } from "../../core/decision/decision.ts";
import type { EngineError } from "../../core/errors.ts";

/** In words; each host has its own form for it. */
export type HookVerdict =
  /** No opinion: the host goes on as if there were no hook. Never an "allow". */
  | { readonly kind: "none"; readonly decision: Decision | null }
  | { readonly kind: "deny" | "ask"; readonly text: string; readonly decision: Decision | null }
  /** Nobody could decide: denied. */
  | { readonly kind: "failure"; readonly text: string; readonly error: EngineError }
  /** Found after the fact; blocks nothing. */
  | { readonly kind: "alarm"; readonly text: string };

/** Exactly what the process does; hosts let a tool run on any status but these two. */
export interface HookAnswer {
  readonly exit: 0 | 2;
  readonly stdout: string;
  /** Never empty with exit 2: one host takes an empty reason for a broken hook. */
  readonly stderr: string;
}

/** Nothing to say. */
export const silence: HookAnswer = { exit: 0, stdout: "", stderr: "" };

/** One JSON document with exit 0, which hosts then read. */
export function answerJson(value: unknown): HookAnswer {
  return { exit: 0, stdout: `${JSON.stringify(value)}\n`, stderr: "" };
}

/** The form every blocking event of every host understands. */
export function answerByStatus(text: string): HookAnswer {
  return { exit: 2, stdout: "", stderr: `${text}\n` };
}

/** The form of Claude Code, which Codex took over, for what is asked before a tool runs. */
export function answerToolUse(decision: "ask" | "deny", reason: string): HookAnswer {
  return answerJson({
    hookSpecificOutput: {
      hookEventName: "PreToolUse",
      permissionDecision: decision,
      permissionDecisionReason: reason,
    },
  });
}

/** The same hosts' form for a user's prompt that is about to be shown. */
export function answerPermission(message: string): HookAnswer {
  return answerJson({
    hookSpecificOutput: {
      hookEventName: "PermissionRequest",
      decision: { behavior: "deny", message },
    },
  });
}
