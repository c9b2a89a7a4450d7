/**
 * /v1/override/list, show, approve, deny and revoke: the approver's side.
 *
 * @module
 */
import { EngineError } from "../../core/errors.ts";
import {
  idForm,
  idPattern,
  parseAnswerFields,
  parseJustification,
  requiredText,
} from "../../core/override/answer_fields.ts";
import { parseApproval, type SentApproval } from "../../core/override/approval_body.ts";
import type { OverrideStatus } from "../../pdp/override_desk.ts";
import type { Answer } from "./answer.ts";
import type { DeskCaller } from "./answer_request.ts";
import { TaskProblem } from "./task_problem.ts";

const channel = "server";

/** What waits for a person, what was granted, and who may grant. */
export async function answerList({ desk }: DeskCaller): Promise<Answer> {
  return ok({ ...await desk.list() });
}

/** @throws {EngineError} `unknown_task` as TaskProblem, also for a request that is over. */
export async function answerShow({ desk }: DeskCaller, requestId: string): Promise<Answer> {
  if (!idPattern.test(requestId)) throw new TaskProblem("unknown_task");
  return ok({ request: await refuseUnknown(() => desk.show(requestId, channel)) });
}

/**
 * Hands an approval to the engine.
 *
 * @throws {EngineError} `operation_invalid` before the engine is asked; `override_rejected` in one
 *   constant form, whatever was wrong; `override_locked`, `override_refused`.
 */
export async function answerApprove({ desk }: DeskCaller, text: string): Promise<Answer> {
  const approval = parseApproval(text);
  return answerOverride(await approveSilently(desk, approval));
}

/** @throws {EngineError} `operation_invalid`; `unknown_task` as TaskProblem. */
export async function answerDeny({ desk, principal }: DeskCaller, text: string): Promise<Answer> {
  const fields = parseAnswerFields(text, ["request_id", "justification"]);
  const requestId = requiredText(fields, "request_id", idPattern, idForm);
  const denial = { justification: parseJustification(fields), channel, by: principal } as const;
  return answerOverride(await refuseUnknown(() => desk.deny(requestId, denial)));
}

/** @throws {EngineError} `operation_invalid`; `unknown_task` as TaskProblem. */
export async function answerRevoke({ desk, principal }: DeskCaller, text: string): Promise<Answer> {
  const fields = parseAnswerFields(text, ["override_id", "justification"]);
  const overrideId = requiredText(fields, "override_id", /^[\x21-\x7e]{1,128}$/, idForm);
  const by = { justification: parseJustification(fields), channel, by: principal } as const;
  return answerOverride(await refuseUnknown(() => desk.revoke(overrideId, by)));
}

/**
 * SECURITY: a wrong code, a wrong phrase and a request that is not there leave as the same bytes
 * (TOTP-23), and no text made elsewhere can carry a proof into answer or log.
 */
async function approveSilently(
  desk: DeskCaller["desk"],
  approval: SentApproval,
): Promise<OverrideStatus> {
  try {
    return await desk.approve({ ...approval, channel });
  } catch (thrown) {
    const code = thrown instanceof EngineError ? thrown.code : "internal";
    if (code === "override_rejected" || code === "override_unknown") throw rejected();
    if (thrown instanceof EngineError && !tells(thrown, approval)) throw thrown;
    // Without its cause: that one is what must not be told.
    throw new EngineError(code, "Cannot approve: the engine failed");
  }
}

function rejected(): EngineError {
  return new EngineError("override_rejected", "The approval was refused", {
    hint: "The log has the cause",
  });
}

function tells(error: EngineError, { proof }: SentApproval): boolean {
  const secret = proof.kind === "ssh" ? null : proof.code;
  return secret !== null && `${error.message}\n${error.hint ?? ""}`.includes(secret);
}

async function refuseUnknown<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    const isUnknown = thrown instanceof EngineError && thrown.code === "override_unknown";
    throw isUnknown ? new TaskProblem("unknown_task", thrown) : thrown;
  }
}

function answerOverride(status: OverrideStatus): Answer {
  return ok({ override: status });
}

function ok(body: object): Answer {
  // `allowed` is about the operation, and stays the decision's to say: ask again.
  const whole = { schema_version: 1, allowed: false, ...body };
  return { status: 200, body: whole, operationDigests: [] };
}
