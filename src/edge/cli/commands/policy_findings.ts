/**
 * What `doctor` and `status` say of the policy in force.
 *
 * @module
 */
import type { BudgetUse, ManifestFacts, PolicyStatus } from "../../../pdp.ts";
import type { Finding } from "../host.ts";

/**
 * Trust, what the manifest says of itself, the mode, the lock and what is used of budgets.
 *
 * @param seen.isGuarded The policy in force is root's: a lock would be one more.
 */
export function findPolicyFaults(
  policy: PolicyStatus,
  seen: { readonly nowMs: number; readonly isGuarded: boolean },
): readonly Finding[] {
  const { nowMs, isGuarded } = seen;
  const { manifest, policy_trust: trust } = policy;
  return [
    describeTrust(policy),
    ...(trust === "signed" && manifest !== undefined ? describeManifest(manifest, nowMs) : []),
    ...describeMode(policy),
    ...(isGuarded ? [] : describeLock(policy)),
    ...(policy.budgets ?? []).map(describeBudget),
    ...describeChecks(policy),
  ];
}

function describeLock({ status, is_locked: isLocked }: PolicyStatus): readonly Finding[] {
  if (status !== "trusted") return [];
  const subject = "lock";
  if (isLocked === true) {
    return [{ level: "OK", subject, message: "the policy's files are locked, and looked at" }];
  }
  const message = "the policy's files are not locked: a slip of the hand changes them";
  return [{ level: "WARN", subject, message, fix: "run `sealward policy lock`" }];
}

function describeBudget({ id, used, max, count, per }: BudgetUse): Finding {
  const subject = `budget ${id}`;
  const message = `${used} of ${max} ${count} used, per ${per}`;
  return { level: used < max ? "OK" : "WARN", subject, message };
}

function describeChecks({ status, checks = 0 }: PolicyStatus): readonly Finding[] {
  if (status !== "trusted" || checks === 0) return [];
  const message = checks === 1 ? "1 check in a sandbox" : `${checks} checks in a sandbox`;
  return [{ level: "OK", subject: "checks", message }];
}

const dayMs = 86_400_000;
/** Days before the end that people are told: time for somebody to come back and sign. */
const soonDays = 14;

function describeManifest(manifest: ManifestFacts, nowMs: number): readonly Finding[] {
  const { policy_version, project, signer, key, signed_at, expires_at, notice } = manifest;
  const days = Math.max(0, Math.floor((nowMs - Date.parse(signed_at)) / dayMs));
  const message = `version ${policy_version} of ${project}, signed by ${signer} with ${key} ` +
    `${days} days ago`;
  const found: Finding[] = [{ level: "OK", subject: "manifest", message }];
  if (notice !== null) found.push({ level: "WARN", subject: "engine", message: notice });
  if (!manifest.has_backtest) {
    const message = "signed without a backtest: nobody looked at what it allows of the log";
    const fix = "run `sealward policy sign` where the log is, or with --backtest FILE";
    found.push({ level: "WARN", subject: "backtest", message, fix });
  }
  if (expires_at !== null && Date.parse(expires_at) - nowMs < soonDays * dayMs) {
    const subject = "manifest's end";
    const fix = "run `sealward policy sign` before then";
    found.push({ level: "WARN", subject, message: `expires at ${expires_at}`, fix });
  }
  return found;
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
