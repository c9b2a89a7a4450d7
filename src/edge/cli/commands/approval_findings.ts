/**
 * What `doctor` and `status` say of approvals: who the policy names, and who of them can.
 *
 * @module
 */
import { oneLine, toEngineError } from "../../../core/errors.ts";
import type { OverrideFacts, PolicyStatus } from "../../../pdp.ts";
import type { ApproverView, EnrolmentView, OverrideListing } from "../../../pdp/override_desk.ts";
import type { Finding, OpenInstall } from "../host.ts";

export interface ApprovalsSeen {
  /** Null where only the policy is known, as by a client of the server. */
  readonly listing: OverrideListing | null;
  readonly isGuarded: boolean;
}

/** Asks the open engine, and says it when that fails: nothing of it decides anything. */
export async function findApprovals(
  { engine, guard }: Pick<OpenInstall, "engine" | "guard">,
  policy: PolicyStatus,
): Promise<readonly Finding[]> {
  if (policy.status !== "trusted") return [];
  try {
    const listing = await engine.overrides.list();
    return findApprovalFaults(policy, { listing, isGuarded: guard !== null });
  } catch (error) {
    const { message, hint } = toEngineError(error);
    return [{ level: "WARN", subject, message, ...(hint === null ? {} : { fix: hint }) }];
  }
}

/** Enrolments that the policy means; none where nobody can look, which findApprovals says. */
export async function readEnrolled(
  { engine }: Pick<OpenInstall, "engine">,
  { status }: PolicyStatus,
): Promise<readonly EnrolmentView[]> {
  if (status !== "trusted") return [];
  try {
    return (await engine.overrides.list()).enrolments.filter(({ is_named: isNamed }) => isNamed);
  } catch {
    return [];
  }
}

/** Nothing of a policy that nobody trusts: then nothing is approved either. */
export function findApprovalFaults(
  { status, overrides }: PolicyStatus,
  { listing, isGuarded }: ApprovalsSeen,
): readonly Finding[] {
  if (status !== "trusted") return [];
  if (listing === null) return overrides === undefined ? [] : [describeNames(overrides)];
  const isDenied = !isGuarded && overrides?.same_uid === "deny";
  const able = listing.approvers.filter(({ proofs }) => proofs.length > 0);
  return [
    ...(listing.mode === undefined ? [] : [describeMode(listing.mode)]),
    describeAll(listing, able, isDenied),
    ...listing.approvers.flatMap((one) => describeApprover(one, isDenied)),
    ...(overrides?.unnamed_approver === true ? describeShared(listing) : []),
    ...listing.enrolments.flatMap(describeEnrolment),
    ...(able.length === 0 || isGuarded ? [] : [describeUser(overrides)]),
  ];
}

const subject = "approvals";

/** Why codes and ordinary keys do not count. */
const deniedFix =
  "name a security key (sk-ssh-ed25519), set up a guarded install, or write same_uid: allow";

function describeMode(mode: NonNullable<OverrideListing["mode"]>): Finding {
  const line = mode === "observe" ? "enforcement.mode: enforce" : "enforcement.enabled: true";
  const message = "denials offer none: the policy denies nothing that a person could approve";
  return { level: "WARN", subject, message, fix: `write ${line} to have approvals asked for` };
}

function describeNames({ approvers, unnamed_approver: isShared }: OverrideFacts): Finding {
  const names = [...approvers.map(({ name }) => name), ...(isShared ? [sharedName] : [])];
  const message = names.length === 0
    ? "nobody can approve: the policy names no approvers"
    : `may be given by ${names.join(", ")}`;
  return { level: "OK", subject, message };
}

const sharedName = "whoever has the shared secret";

function describeAll(
  { approvers, pending, grants }: OverrideListing,
  able: readonly ApproverView[],
  isDenied: boolean,
): Finding {
  if (approvers.length === 0) {
    return { level: "OK", subject, message: "denials offer none: nobody is named to approve" };
  }
  const message = `${able.length} of ${approvers.length} approvers can approve; ` +
    `${pending.length} requests wait, ${grants.length} approvals can be used`;
  if (able.length > 0) return { level: "OK", subject, message };
  const fix = isDenied ? deniedFix : "run `sealward override enroll NAME`";
  return { level: "WARN", subject, message, fix };
}

const proofWords = { totp: "codes", recovery: "recovery codes", ssh: "SSH signatures" } as const;

function describeApprover(
  { name, proofs, locked_until }: ApproverView,
  isDenied: boolean,
): readonly Finding[] {
  const about = name === null ? sharedName : `approver ${oneLine(name, 40)}`;
  if (proofs.length === 0 && isDenied) {
    const message = "cannot approve: same_uid is deny, and in a local install codes and ordinary " +
      "keys do not count";
    return [{ level: "WARN", subject: about, message, fix: deniedFix }];
  }
  if (proofs.length === 0 && name === null) {
    const message = "cannot approve: the secret that is set is of no use";
    const fix = "see `approval secret`; make one with: echo hex:$(openssl rand -hex 20)";
    return [{ level: "WARN", subject: about, message, fix }];
  }
  if (proofs.length === 0) {
    const message = "cannot approve: no enrolment and no key counts";
    const fix = `run \`sealward override enroll ${oneLine(name ?? "NAME", 40)}\``;
    return [{ level: "WARN", subject: about, message, fix }];
  }
  const how = `approves by ${proofs.map((proof) => proofWords[proof]).join(", ")}`;
  if (locked_until !== null) {
    const message = `${how}; codes are refused until ${locked_until}: too many were wrong`;
    const fix = "ask whether it was them: `sealward audit query --type INVALID_OVERRIDE_CODE " +
      "--type OVERRIDE_REUSE_ATTEMPTED`";
    return [{ level: "WARN", subject: about, message, fix }];
  }
  if (name !== null) return [{ level: "OK", subject: about, message: how }];
  const fix = "name people under overrides.approvers, and enroll each";
  return [{ level: "WARN", subject: about, message: `${how}: the log cannot say who`, fix }];
}

/** The policy lets it approve, and there is none. */
function describeShared({ approvers }: OverrideListing): readonly Finding[] {
  if (approvers.some(({ name }) => name === null)) return [];
  const message = "cannot approve: unnamed_approver is true, and no secret is set here";
  const fix = "set SCALPEL_TOTP_SECRET_FILE, or remove unnamed_approver";
  return [{ level: "WARN", subject: sharedName, message, fix }];
}

function describeEnrolment(enrolment: EnrolmentView): readonly Finding[] {
  const { id, name, is_named: isNamed, recovery_codes_left: left } = enrolment;
  const about = `enrolment of ${oneLine(name, 40)}`;
  if (!isNamed) {
    const message = "counts for nothing: the policy has no line for it";
    const fix = `name it under overrides.approvers, or run \`sealward override unenroll ${id}\``;
    return [{ level: "WARN", subject: about, message, fix }];
  }
  if (left > 0) return [];
  const message = "no recovery code is left: a lost phone ends it";
  return [{
    level: "WARN",
    subject: about,
    message,
    fix: "enroll anew while the codes still come",
  }];
}

/** SECURITY: what keeps an approval from being forged is that the agent is another user. */
function describeUser(overrides: OverrideFacts | undefined): Finding {
  if (overrides?.same_uid === "deny") {
    const message = "local install, same_uid: deny: only security keys approve here";
    return { level: "OK", subject, message };
  }
  const message =
    "approvals are same_uid: an agent under this user can read the seeds and forge one";
  const fix = "use a guarded install or security keys, and write same_uid: deny";
  return { level: "WARN", subject, message, fix };
}
