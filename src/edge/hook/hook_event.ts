/**
 * What an agent's host tells its hook, in one shape for every host.
 *
 * @module
 */
import type { JsonObject } from "../../core/operation/operation.ts";

/** Hosts whose settings `hook install` can write; a new one is named here. */
export const wirableHosts = [
  "claude-code",
  "codex",
  "gemini",
  "cursor",
  "copilot",
  "vscode",
] as const;
export const hookHosts = [...wirableHosts, "generic"] as const;
export type HookHostName = typeof hookHosts[number];

/**
 * What the event is to us: `before` a tool runs and `permission` are judged, each answered in its
 * own form; `guarded` is an event nobody knows that carries a tool call: judged, and answered in
 * the form every event understands; `observed` never blocks.
 */
export type HookEventKind = "before" | "permission" | "guarded" | "observed";

export interface ParsedHookEvent {
  readonly host: HookHostName;
  readonly kind: HookEventKind;
  /** `hook_event_name`, in the words of Claude Code where the host has others for the same. */
  readonly name: string;
  /** Never null when the event is judged. */
  readonly tool: { readonly name: string; readonly input: JsonObject } | null;
  /** Absolute; null when the host did not say. */
  readonly cwd: string | null;
  readonly session: string | null;
  /** The host's id of this one tool call; pairs what is judged with what came of it. */
  readonly callId: string | null;
  /** The whole event, under the names above. */
  readonly fields: JsonObject;
}
