/**
 * An operation as it may be kept: without its secrets.
 *
 * @module
 */
import { type Redaction, redactionOf, redactOperation } from "../integrity/redaction.ts";
import type { Operation } from "../operation/operation.ts";

export interface Redacted {
  readonly redaction: Redaction;
  readonly operation: Operation;
}

export function redact(operation: Operation): Redacted {
  const redaction = redactionOf(operation);
  return { redaction, operation: redactOperation(operation, redaction) };
}
