/**
 * Refusals that name the place in the operation.
 *
 * @module
 */
import { EngineError, oneLine } from "../errors.ts";
import { maxOperationBytes } from "../limits.ts";

/** Keys and indexes from the top of the operation down to a value. */
export type Trail = readonly (string | number)[];

/** The place in words people use: `affected_files[3]`, `tool.input.path`. */
export function renderTrail(trail: Trail): string {
  const path = trail.map((key, depth) => {
    return typeof key === "number" ? `[${key}]` : depth === 0 ? key : `.${key}`;
  });
  return oneLine(path.join(""), 200);
}

/** Throws `operation_invalid`; an empty trail is the operation itself. */
export function refuseAt(trail: Trail, got: string, wanted: string, hint?: string): never {
  const place = trail.length === 0 ? "" : ` at ${renderTrail(trail)}`;
  throw new EngineError(
    "operation_invalid",
    `Cannot parse operation${place}: got ${got}, wanted ${wanted}`,
    hint === undefined ? {} : { hint },
  );
}

/** Throws `operation_too_large`. */
export function refuseTooLarge(): never {
  throw new EngineError(
    "operation_too_large",
    `Cannot take an operation of more than ${maxOperationBytes} bytes`,
    { hint: "Name files instead of sending their content, or split the operation" },
  );
}

/** What a value is, in words; never its content, which may be a secret. */
export function nameKind(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
