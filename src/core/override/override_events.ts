/**
 * The guide's event types around approvals. They carry no state, and only the engine writes them.
 *
 * @module
 */

/** Upper case, as they stand in the log. */
export const overrideEvents = {
  approved: "OVERRIDE_APPROVED",
  denied: "OVERRIDE_DENIED",
  timedOut: "OVERRIDE_TIMEOUT",
  codeWrong: "INVALID_OVERRIDE_CODE",
  codeReused: "OVERRIDE_REUSE_ATTEMPTED",
} as const;

const names: ReadonlySet<string> = new Set(Object.values(overrideEvents));

/** Whether a type is one of them, in whatever case it is spelled. */
export function isOverrideEvent(type: string): boolean {
  return names.has(type.toUpperCase());
}
