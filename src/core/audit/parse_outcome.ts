/**
 * Outcomes and settlements as JSON data → what the engine records.
 *
 * @module
 */
import type { Json, JsonObject } from "../operation/operation.ts";
import { copyPlainJson } from "../operation/copy_plain_json.ts";
import { isJsonObject, parseLabel, refuseUnknown } from "../operation/parse_field.ts";
import { nameKind, refuseAt } from "../operation/refuse_at.ts";
import { type Outcome, outcomeStatuses, type Settlement } from "./outcome.ts";

/**
 * Parses `{correlation_id, session, tool, status}`; session and tool may be missing.
 *
 * @throws {EngineError} `operation_invalid`.
 */
export function parseOutcome(input: unknown): Outcome {
  const fields = parseFields(input, ["correlation_id", "session", "tool", "status"]);
  const correlationId = parseLabel(fields, "correlation_id") ??
    refuseAt(["correlation_id"], "nothing", "the operation's correlation id");
  const session = parseLabel(fields, "session");
  return { correlationId, session, tool: parseLabel(fields, "tool"), status: parseStatus(fields) };
}

/**
 * Parses `{session, reason, ended}`; the last two may be missing. A session that is null stands for
 * operations that named none.
 *
 * @throws {EngineError} `operation_invalid`.
 */
export function parseSettlement(input: unknown): Settlement {
  const fields = parseFields(input, ["session", "reason", "ended"]);
  // Not left out by accident: that would settle what another session waits for.
  if (!Object.hasOwn(fields, "session")) refuseAt(["session"], "nothing", "a session's name");
  return {
    session: parseLabel(fields, "session"),
    reason: parseLabel(fields, "reason"),
    ...(parseEnded(fields) ? { ended: true } : {}),
  };
}

function parseEnded({ ended = false }: JsonObject): boolean {
  return typeof ended === "boolean" ? ended : refuseAt(["ended"], nameKind(ended), "true or false");
}

function parseFields(input: unknown, known: readonly string[]): JsonObject {
  const copy: Json = copyPlainJson(input);
  if (!isJsonObject(copy)) return refuseAt([], nameKind(copy), "an object");
  refuseUnknown(copy, known);
  return copy;
}

function parseStatus(fields: JsonObject): Outcome["status"] {
  const { status } = fields;
  return outcomeStatuses.find((name) => name === status) ??
    refuseAt(["status"], nameKind(status), outcomeStatuses.map((name) => `"${name}"`).join(" or "));
}
