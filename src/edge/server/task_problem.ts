/**
 * Refusals under the names that the AuthZEN Access Request and Approval draft gives them. The code
 * stays one of ours; the name is the problem's `type`.
 *
 * @module
 */
import { EngineError, type ErrorCode } from "../../core/errors.ts";

export type TaskProblemName =
  | "unknown_task"
  | "task_expired"
  | "invalid_task_state"
  | "duplicate_request"
  | "invalid_denial_binding";

/** SECURITY: texts are constant. Another's request, a made-up id and an old one look alike. */
const problems: Readonly<Record<TaskProblemName, readonly [ErrorCode, string]>> = {
  unknown_task: ["override_unknown", "There is no such request"],
  task_expired: ["request_conflict", "The request has expired"],
  invalid_task_state: ["request_conflict", "The request is over: it was answered or ended"],
  duplicate_request: ["request_conflict", "The Idempotency-Key came with another body before"],
  invalid_denial_binding: [
    "operation_invalid",
    "The denial named is not one of the caller's for this operation that can be approved",
  ],
};

export class TaskProblem extends EngineError {
  readonly problem: TaskProblemName;

  constructor(problem: TaskProblemName, cause?: unknown) {
    const [code, message] = problems[problem];
    super(code, message, { cause });
    this.name = "TaskProblem";
    this.problem = problem;
  }
}
