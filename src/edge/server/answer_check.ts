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
import { refuseUnknown } from "../../core/operation/parse_field.ts";
import { parseStrictJson } from "../../core/strict_json.ts";
import type { Engine } from "../../pdp.ts";
import type { Answer } from "./answer.ts";

/** Who asks, and how strictly. */
export interface Asker {
  readonly principal: Principal;
  readonly options: JudgeOptions;
}

/**
 * Decides the one operation in `text`, as it is or as `{"operation": ..., "expects_outcome": true}`.
 * The body is the decision itself.
 */
export async function answerCheck(
  engine: Engine,
  text: string,
  asker: Asker,
): Promise<Answer> {
  const { operation, options } = parseOne(text);
  const [decision] = await decideAll(engine, [operation], withOptions(asker, options));
  if (decision === undefined) throw new EngineError("internal", "The engine gave no decision");
  return { status: 200, body: decision, operationDigests: [decision.operation_digest] };
}

/**
 * Decides every operation in `text`: a JSON array of them, or `{"operations": [...]}`, with
 * `"expects_outcome": true` beside it or not.
 */
export async function answerBatch(
  engine: Engine,
  text: string,
  asker: Asker,
): Promise<Answer> {
  const { operations, options } = parseBatch(text);
  const decisions = await decideAll(engine, operations, withOptions(asker, options));
  const allowed = decisions.every((decision) => decision.allowed);
  return {
    status: 200,
    body: { schema_version: 1, allowed, decisions },
    operationDigests: decisions.map((decision) => decision.operation_digest),
  };
}

function withOptions(asker: Asker, options: JudgeOptions): Asker {
  return { ...asker, options: { ...asker.options, ...options } };
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

function parseOne(
  text: string,
): { readonly operation: Operation; readonly options: JudgeOptions } {
  // An operation has no such key; without these characters there is nothing to parse twice.
  if (!text.includes('"operation"')) return { operation: parseOperationText(text), options: {} };
  // The wrapper does not count against an operation's own depth.
  const body = parseStrictJson(text, { maxDepth: maxDepth + 1 });
  if (!isObject(body) || !Object.hasOwn(body, "operation")) {
    return { operation: parseOperationText(text), options: {} };
  }
  const options = parseOptions(body, "operation");
  return { operation: parseOperation(body["operation"]), options };
}

/** What stands beside `wrapped`: nothing, or the promise of an outcome. */
function parseOptions(body: JsonObject, wrapped: string): JudgeOptions {
  refuseUnknown(body, [wrapped, "expects_outcome"]);
  const expects = body["expects_outcome"];
  if (expects === undefined) return {};
  if (expects === true) return { expectsOutcome: true };
  throw new EngineError("operation_invalid", 'Got an unfit "expects_outcome", wanted true or none');
}

function parseBatch(
  text: string,
): { readonly operations: readonly Operation[]; readonly options: JudgeOptions } {
  // The list and its wrapper do not count against an operation's own depth.
  const { list, options } = findList(parseStrictJson(text, { maxDepth: maxDepth + 2 }));
  // "All of none are allowed" is true, and would be an allow that nothing was asked for.
  if (list.length === 0) throw new EngineError("operation_invalid", "Got an empty batch");
  if (list.length > maxBatchOperations) {
    throw new EngineError(
      "operation_too_large",
      `Got ${list.length} operations, wanted at most ${maxBatchOperations}`,
    );
  }
  return { operations: list.map(parseItem), options };
}

function findList(
  body: Json,
): { readonly list: readonly Json[]; readonly options: JudgeOptions } {
  if (Array.isArray(body)) return { list: body, options: {} };
  const list = isObject(body) ? body["operations"] : undefined;
  if (isObject(body) && Array.isArray(list)) {
    return { list, options: parseOptions(body, "operations") };
  }
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
