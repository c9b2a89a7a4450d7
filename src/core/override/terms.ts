/**
 * `overrides` of a policy after parsing: who may approve an exception, and which.
 *
 * @module
 */
import type { SshKey } from "../integrity/ssh_key.ts";

/** How far one approval reaches. */
export const grantKinds = ["once", "session", "pattern"] as const;
export type GrantKind = typeof grantKinds[number];

/** A person who may approve. An enrolment or a key that no approver names counts for nothing. */
export interface Approver {
  readonly name: string;
  /** Codes of an authenticator app count. */
  readonly totp: boolean;
  /** The one enrolment that counts, 32 hex digits; null: the newest one under this name. */
  readonly enrolment: string | null;
  /** Signatures of these keys count. */
  readonly sshKeys: readonly SshKey[];
}

export interface OverrideTerms {
  readonly approvers: readonly Approver[];
  /** The secret of SCALPEL_TOTP_SECRET(_FILE) stands for an approver without a name. */
  readonly unnamedApprover: boolean;
  readonly requestSeconds: number;
  readonly grantSeconds: number;
  /** Requests one principal may open in an hour. */
  readonly maxRequestsPerHour: number;
  /** Whether an approval counts that the asker's own user could have forged. */
  readonly sameUid: "allow" | "deny";
  /** Kinds other than `once` count only in a signed policy. */
  readonly grants: readonly GrantKind[];
  /** Folder in which signed approvals may be laid, absolute; null for none. */
  readonly inbox: string | null;
}

export const defaultTerms: OverrideTerms = {
  approvers: [],
  unnamedApprover: true,
  requestSeconds: 300,
  grantSeconds: 1_800,
  maxRequestsPerHour: 30,
  sameUid: "allow",
  grants: ["once"],
  inbox: null,
};

/**
 * Whether a code or an ordinary key counts at all: not where the asker's own user could have forged
 * the approval and the policy says so. Signatures of keys that want a touch always count.
 */
export function countsUntouched({ sameUid }: OverrideTerms, isGuarded: boolean): boolean {
  return isGuarded || sameUid === "allow";
}

/** A kind of key whose signatures say that somebody touched it. */
export function isTouchKey({ kind }: Pick<SshKey, "kind">): boolean {
  return kind.startsWith("sk-");
}

/** Whether anybody could ever approve anything: where nobody can, no denial offers it. */
export function hasAnyProof(terms: OverrideTerms, isGuarded: boolean): boolean {
  return countsUntouched(terms, isGuarded) ||
    terms.approvers.some(({ sshKeys }) => sshKeys.some(isTouchKey));
}

/**
 * What holds: the policy's section, else the defaults where a secret without a name is there, else
 * nothing, and then no denial offers an approval.
 *
 * @param hasUnnamedSecret SCALPEL_TOTP_SECRET or SCALPEL_TOTP_SECRET_FILE is set.
 */
export function termsOf(
  overrides: OverrideTerms | null,
  hasUnnamedSecret: boolean,
): OverrideTerms | null {
  return overrides ?? (hasUnnamedSecret ? defaultTerms : null);
}
