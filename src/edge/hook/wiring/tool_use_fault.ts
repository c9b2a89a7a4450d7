/**
 * The denial of Claude Code, which other hosts took over.
 *
 * @module
 */
import type { JsonObject } from "../../../core/operation/operation.ts";
import { isJsonObject } from "../../../core/operation/parse_field.ts";

/** Why a document is no denial in that form, for `title`; null when it is one. */
export function findToolUseFault(answer: JsonObject, title: string): string | null {
  const specific = answer["hookSpecificOutput"] ?? null;
  if (!isJsonObject(specific)) return "exit 0 without a denial: the host would run the tool";
  const { permissionDecision, permissionDecisionReason, hookEventName } = specific;
  if (permissionDecision !== "deny" || hookEventName !== "PreToolUse") {
    return "exit 0 and no denial in the host's own form";
  }
  const isReasoned = typeof permissionDecisionReason === "string" &&
    permissionDecisionReason !== "";
  return isReasoned ? null : `a denial without a reason: ${title} would run the tool`;
}
