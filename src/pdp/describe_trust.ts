/**
 * What `verify`, `status` and the server say of the policy.
 *
 * @module
 */
import type { SignedPolicy } from "../core/audit/signed_state.ts";
import type { EngineState } from "../core/audit/state.ts";
import type { CheckSpec } from "../core/check/check_spec.ts";
import { engineNotice } from "../core/integrity/refuse_terms.ts";
import type { Trust } from "../core/integrity/trust.ts";
import type { OverrideTerms } from "../core/override/terms.ts";
import type { Policy } from "../core/policy/policy.ts";
import { version } from "../core/version.ts";
import type { ManifestFacts, OverrideFacts, PolicyStatus } from "./engine.ts";

/** @param policy Null where it is not trusted. */
export function describeTrust(
  trust: Trust,
  { accepted, signed, locked }: EngineState,
  policy: Policy | null,
): PolicyStatus {
  const isDisabled = policy?.enforcement.enabled === false;
  return {
    status: trust.status,
    policy_digest: trust.policyDigest,
    accepted_digest: accepted?.policy_digest ?? null,
    policy_trust: trust.status !== "trusted" ? "none" : trust.isSigned ? "signed" : "accepted",
    mode: isDisabled ? "disabled" : policy?.enforcement.mode ?? "enforce",
    ...(locked?.policy_digest === trust.policyDigest ? { is_locked: true } : {}),
    message: trust.message,
    ...describeChecks(policy?.checks ?? []),
    ...(policy?.overrides ? { overrides: describeOverrides(policy.overrides, trust) } : {}),
    ...(signed === null ? {} : { manifest: factsOf(signed) }),
  };
}

function describeChecks(
  checks: readonly CheckSpec[],
): Pick<PolicyStatus, "checks" | "process_checks"> {
  if (checks.length === 0) return {};
  const count = checks.filter(({ isolation }) => isolation === "process").length;
  return { checks: checks.length, ...(count === 0 ? {} : { process_checks: count }) };
}

function describeOverrides(terms: OverrideTerms, { isSigned }: Trust): OverrideFacts {
  const { approvers, unnamedApprover, sameUid, grants, inbox } = terms;
  return {
    approvers: approvers.map(({ name, totp, sshKeys }) => ({
      name,
      totp,
      ssh_keys: sshKeys.length,
    })),
    unnamed_approver: unnamedApprover,
    same_uid: sameUid,
    grants: isSigned ? grants : grants.filter((kind) => kind === "once"),
    inbox,
  };
}

function factsOf(signed: SignedPolicy): ManifestFacts {
  const { policy_version, project, signer, key, signed_at, expires_at } = signed;
  const { min_engine, has_backtest } = signed;
  const notice = engineNotice(signed, version);
  const about = { policy_version, project, signer, key, signed_at, expires_at, min_engine };
  return { ...about, has_backtest, notice };
}
