/**
 * What `doctor` and `status` say of the policy in force.
 *
 * @module
 */
import type { PolicyStatus } from "../../../pdp.ts";
import type { Finding } from "../host.ts";

/** One finding for trust, one for the mode. */
export function findPolicyFaults(policy: PolicyStatus): readonly Finding[] {
  return [describeTrust(policy), ...describeMode(policy)];
}

function describeTrust({ status, message }: PolicyStatus): Finding {
  const subject = "policy";
  if (status === "trusted") return { level: "OK", subject, message };
  return { level: "FAIL", subject, message, exit: status === "tampered" ? 5 : 2 };
}

function describeMode({ mode, status }: PolicyStatus): readonly Finding[] {
  if (status !== "trusted") return [];
  const subject = "enforcement";
  if (mode === "enforce") return [{ level: "OK", subject, message: "denials are enforced" }];
  const message = mode === "observe"
    ? "observe: only the engine's own files are guarded"
    : "switched off: only the engine's own files are guarded";
  const fix = mode === "observe" ? "write mode: enforce" : "write enabled: true";
  return [{ level: "WARN", subject, message, fix: `${fix}, and have the policy trusted again` }];
}
