/**
 * A server's answer, after its signature has been verified → decisions. The signature vouches for
 * the content; this makes sure that it is the content that was asked for, in a shape callers rely
 * on.
 *
 * @module
 */
import type { Decision } from "../decision/decision.ts";
import { EngineError, parseErrorCode } from "../errors.ts";
import type { Json, JsonObject } from "../operation/operation.ts";
import { isOverrideNote } from "./is_override_note.ts";
import { decodeUtf8, parseStrictJson } from "../strict_json.ts";

/** What was asked. */
export interface AnswerExpectation {
  /** HTTP status of the answer. */
  readonly status: number;
  /** `one` expects a decision, `batch` the envelope around several. */
  readonly shape: "one" | "batch";
  /** Of the operations asked about, in order. */
  readonly operationDigests: readonly string[];
}

/**
 * Parses exactly one JSON document.
 *
 * @returns As many decisions as operations, in the same order.
 * @throws {EngineError} The server's own code when it refused; `server_untrusted` for anything that
 * is neither its refusal nor a whole, consistent answer about exactly these operations.
 */
export function parseAnswer(body: Uint8Array, expected: AnswerExpectation): readonly Decision[] {
  const json = parseBody(body, expected.status);
  if (expected.shape === "one") return parseDecisions([json], expected.operationDigests);
  const envelope = isObject(json) ? json : {};
  const decisions = parseDecisions(envelope["decisions"], expected.operationDigests);
  if (envelope["allowed"] === decisions.every(({ allowed }) => allowed)) return decisions;
  throw untrusted("its verdict contradicts its decisions");
}

/**
 * The document of an answer to a question that is none about operations.
 *
 * @throws {EngineError} The server's own code when it refused; `server_untrusted`.
 */
export function parseBody(body: Uint8Array, status: number): Json {
  const code = "server_untrusted";
  const json = parseStrictJson(decodeUtf8(body, code), { code });
  if (status !== 200) throw parseRefusal(json);
  return json;
}

/** The error for an answer that cannot be believed; `what` completes the sentence. */
export function untrusted(what: string, hint?: string): EngineError {
  return new EngineError("server_untrusted", `Cannot trust the server's answer: ${what}`, {
    ...(hint !== undefined && { hint }),
  });
}

function parseDecisions(
  list: Json | undefined,
  digests: readonly string[],
): readonly Decision[] {
  if (!Array.isArray(list) || list.length !== digests.length) {
    throw untrusted(`it holds another number of decisions than ${digests.length}`);
  }
  return list.map((item, index) => {
    if (!isDecision(item)) throw untrusted("it is no consistent decision");
    if (item.operation_digest === digests[index]) return item;
    throw untrusted("it is about another operation");
  });
}

/** Checks what a caller acts on. */
function isDecision(value: unknown): value is Decision {
  if (!isObject(value)) return false;
  const { decision, allowed, audit } = value;
  return value["schema_version"] === 1 &&
    (decision === "allow" || decision === "ask" || decision === "deny") &&
    allowed === (decision === "allow") &&
    Array.isArray(value["unmeasured"]) && Array.isArray(value["violated_policies"]) &&
    typeof value["decision_id"] === "string" && typeof value["reason"] === "string" &&
    isObject(audit) && typeof audit["seq"] === "number" &&
    (value["override"] === undefined || isOverrideNote(value["override"], allowed === true));
}

function parseRefusal(json: Json): EngineError {
  const { code: name, detail, hint } = isObject(json) ? json : {};
  const code = typeof name === "string" ? parseErrorCode(name) : null;
  if (code === null || typeof detail !== "string") {
    return untrusted("it is neither a decision nor a refusal");
  }
  return new EngineError(code, detail, typeof hint === "string" ? { hint } : {});
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
