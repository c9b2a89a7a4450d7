/**
 * Sealward as a library: the guide's classes, over the same engine as the binary.
 *
 * ```ts
 * import { TamperResistance } from "@sealward/sealward";
 *
 * const guard = new TamperResistance({ policyPath: ".scalpel/policy.yaml" });
 * await guard.guard({ type: "file_write", affectedFiles: ["src/app.ts"] }, () => {
 *   // Runs only after the allow is durable.
 * });
 * ```
 *
 * @module
 */
export { EngineError, PolicyModificationError, TamperDetectedError } from "./core/errors.ts";
export type { OverrideNote } from "./core/decision/decision.ts";
export type { ErrorCode } from "./core/errors.ts";
export type { Severity } from "./core/policy/policy.ts";
export {
  type AuditEvent,
  type AuditEventInput,
  AuditLog,
  type AuditLogOptions,
  type EventQuery,
} from "./library/audit_log.ts";
export type { DecisionToOverride, HumanOverrideOptions } from "./library/human_overrides.ts";
export type { Operation } from "./library/operation_input.ts";
export type { OverrideDecision } from "./library/override_decision.ts";
export { OperationDeniedError, type PolicyDecision } from "./library/policy_decision.ts";
export { TamperResistance, type TamperResistanceOptions } from "./library/tamper_resistance.ts";
