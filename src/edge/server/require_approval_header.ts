/**
 * Guard of the routes by which a person answers: the caller means to.
 *
 * @module
 */
import { EngineError } from "../../core/errors.ts";

export const approvalHeader = "Sealward-Approve";

/**
 * SECURITY: no form, beacon or link sends a header of its own; a page in a browser would have to
 * ask first, and is told nothing (HTTP-05).
 *
 * @throws {EngineError} `request_forbidden`
 */
export function requireApprovalHeader(headers: Headers): void {
  if (headers.get(approvalHeader) === "1") return;
  throw new EngineError("request_forbidden", `Wanted the header ${approvalHeader}: 1`);
}
