/**
 * /v1/check and /v1/check/batch: text → operations → the engine → answer.
 *
 * @module
 */
import type { Decision } from "../../core/decision/decision.ts";
import type { JudgeOptions } from "../../core/decision/judge_operations.ts";
import { EngineError } from "../../core/errors.ts";
import { maxBatchOperations, maxDepth } from "../../core/limits.ts";
import type { Json, JsonObject, Operation, Principal } from "../../core/operation/operation.ts";
import { parseOperation, parseOperationText } from "../../core/operation/parse_operation.ts";
import { parseStrictJson } from "../../core/strict_json.ts";
import type { Engine } from "../../pdp.ts";
import type { Answer } from "./answer.ts";

/** Who asks, and how strictly. */
export interface Asker {
  readonly principal: Principal;
  readonly options: JudgeOptions;
}

/** Decides the one operation in `text`. The body is the decision itself. */
export async function answerCheck(
  engine: Engine,
  text: string,
  asker: Asker,
): Promise<Answer> {
  const operation = parseOperationText(text);
  const [decision] = await decideAll(engine, [operation], asker);
  if (decision === undefined) throw new EngineError("internal", "The engine gave no decision");
  return { status: 200, body: decision, operationDigests: [decision.operation_digest] };
}

/** Decides every operation in `text`: a JSON array of them, or `{"operations": [...]}`. */
export async function answerBatch(
  engine: Engine,
  text: string,
  asker: Asker,
): Promise<Answer> {
  const decisions = await decideAll(engine, parseBatch(text), asker);
  const allowed = decisions.every((decision) => decision.allowed);
  return {
    status: 200,
    body: { schema_version: 1, allowed, decisions },
    operationDigests: decisions.map((decision) => decision.operation_digest),
  };
}

async function decideAll(
  engine: Engine,
  operations: readonly Operation[],
  { principal, options }: Asker,
): Promise<readonly Decision[]> {
  const decisions = await engine.check(operations, principal, options);
  if (decisions.length === operations.length) return decisions;
  throw new EngineError("internal", "The engine gave another number of decisions");
}

function parseBatch(text: string): readonly Operation[] {
  // The list and its wrapper do not count against an operation's own depth.
  const list = findList(parseStrictJson(text, { maxDepth: maxDepth + 2 }));
  // "All of none are allowed" is true, and would be an allow that nothing was asked for.
  if (list.length === 0) throw new EngineError("operation_invalid", "Got an empty batch");
  if (list.length > maxBatchOperations) {
    throw new EngineError(
      "operation_too_large",
      `Got ${list.length} operations, wanted at most ${maxBatchOperations}`,
    );
  }
  return list.map(parseItem);
}

function findList(body: Json): readonly Json[] {
  const list = isObject(body) && Object.keys(body).length === 1 ? body["operations"] : body;
  if (Array.isArray(list)) return list;
  throw new EngineError("operation_invalid", "Got no batch, wanted an array of operations", {
    hint: 'Send [OPERATION, ...] or {"operations": [OPERATION, ...]}',
  });
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseItem(item: Json, index: number): Operation {
  try {
    return parseOperation(item);
  } catch (thrown) {
    if (!(thrown instanceof EngineError)) throw thrown;
    throw new EngineError(thrown.code, `operations[${index}]: ${thrown.message}`, {
      ...(thrown.hint !== null && { hint: thrown.hint }),
      cause: thrown,
    });
  }
}
