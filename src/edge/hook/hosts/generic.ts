/**
 * Any other host: it sends an operation in the wire form, or a tool call, and gets the decision
 * back as `check --format jsonl` prints it. Status 0 is an allow, 2 everything else.
 *
 * @module
 */
import type { JsonObject, Operation } from "../../../core/operation/operation.ts";
import { isJsonObject, refuseUnknown } from "../../../core/operation/parse_field.ts";
import { parseOperation } from "../../../core/operation/parse_operation.ts";
import { nameKind, refuseAt } from "../../../core/operation/refuse_at.ts";
import { parseStrictJson } from "../../../core/strict_json.ts";
import { renderJson } from "../../render.ts";
import type { HookAnswer, HookVerdict } from "../hook_answer.ts";
import type { ParsedHookEvent } from "../hook_event.ts";
import type { HookHost } from "../hook_host.ts";
import { joinTo, type ToolContext } from "../tool_table.ts";

function parse(text: string): ParsedHookEvent {
  const fields = parseStrictJson(text);
  if (!isJsonObject(fields)) return refuseAt([], nameKind(fields), "an object");
  const event = { host: "generic", kind: "before", name: "operation", fields } as const;
  return { ...event, tool: null, cwd: null, session: null, callId: null };
}

function plan({ fields }: ParsedHookEvent, { cwd }: ToolContext): Operation {
  const operation = parseOperation(typeof fields["tool"] === "string" ? ofTool(fields) : fields);
  return { ...operation, cwd: operation.cwd === null ? cwd : joinTo(cwd, operation.cwd) };
}

function ofTool(fields: JsonObject): JsonObject {
  refuseUnknown(fields, ["tool", "input", "cwd"]);
  const { tool: name = null, input = null, cwd = null } = fields;
  return { type: "tool_call", tool: { name, input }, cwd };
}

function encode(_event: ParsedHookEvent | null, verdict: HookVerdict): HookAnswer {
  const isAllowed = verdict.kind === "none";
  const stdout = renderJson(envelopeOf(verdict), "jsonl");
  return { exit: isAllowed ? 0 : 2, stdout, stderr: isAllowed ? "" : `${verdict.text}\n` };
}

function envelopeOf(verdict: HookVerdict): unknown {
  if ("decision" in verdict && verdict.decision !== null) return verdict.decision;
  if (verdict.kind === "none") {
    const reason = "No install of Sealward guards this place: no opinion";
    return { schema_version: 1, decision: "none", allowed: true, reason };
  }
  if (verdict.kind !== "failure") {
    return { schema_version: 1, decision: "deny", allowed: false, reason: verdict.text };
  }
  const { code, message, hint } = verdict.error;
  return {
    schema_version: 1,
    decision: "deny",
    allowed: false,
    error: { code, message, ...(hint === null ? {} : { hint }) },
    exit: 2,
  };
}

export const generic: HookHost = {
  name: "generic",
  reportsOutcomes: false,
  endsSessions: false,
  parse,
  plan,
  encode,
};
