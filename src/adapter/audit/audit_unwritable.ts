/**
 * The failure of a write to the log.
 *
 * @module
 */
import { EngineError, oneLine } from "../../core/errors.ts";

/** Nothing was acknowledged, and nothing will be until the log was read again. */
export function unwritable(error: unknown): EngineError {
  const reason = error instanceof Error ? error.message : String(error);
  return new EngineError("audit_unwritable", `Cannot write the audit log: ${oneLine(reason)}`, {
    hint: "look for a full or failing disk; the next command or request tries again",
    cause: error,
  });
}
