/**
 * Approvals that nobody can give, that nobody can be held to, or that live long.
 *
 * @module
 */
import { hasAnyProof, type OverrideTerms } from "../../override/terms.ts";
import type { Policy } from "../policy.ts";
import type { Weakness } from "./weakness.ts";

/** A person who has not answered within an hour is not there. */
const longRequestSeconds = 3_600;
/** Longer than half a working day: what was approved is forgotten before it is done. */
const longGrantSeconds = 14_400;

/** Folders that every system lets everybody write. */
const sharedFolder = /^\/+(?:(?:var\/+)?tmp|dev\/+shm)(?:\/|$)/;

export function findOverrides({ overrides }: Policy): readonly Weakness[] {
  if (overrides === null) return [];
  return [...findNobody(overrides), ...findLong(overrides)];
}

/** Only where the engine does not run as a user of its own, or nobody knows. */
export function findSameUid({ overrides }: Policy): readonly Weakness[] {
  if (overrides === null || hasAnyProof(overrides, false)) return [];
  if (overrides.approvers.length === 0 && !overrides.unnamedApprover) return [];
  return [{
    code: "approvers_same_uid",
    path: "overrides.same_uid",
    message: "In a local install nobody can approve: codes and ordinary keys do not count",
    hint: "name a security key in ssh_keys, or write same_uid: allow",
  }];
}

/** Only of a policy that is not signed. */
export function findUnsignedGrants({ overrides }: Policy): readonly Weakness[] {
  const wide = overrides?.grants.filter((kind) => kind !== "once") ?? [];
  if (wide.length === 0) return [];
  return [{
    code: "grants_unsigned",
    path: "overrides.grants",
    message: `Without a signature nobody can grant ${wide.join(" or ")}: only once counts`,
    hint: "sign the policy, or write grants: [once]",
  }];
}

function findNobody({ approvers, unnamedApprover, inbox }: OverrideTerms): readonly Weakness[] {
  const found: Weakness[] = [];
  if (approvers.length === 0 && !unnamedApprover) {
    found.push({
      code: "approvers_none",
      path: "overrides",
      message: "Nobody can approve an exception: there are no approvers",
      hint: "name them under approvers, or remove the section",
    });
  }
  if (approvers.length > 0 && unnamedApprover) {
    found.push({
      code: "approver_unnamed",
      path: "overrides.unnamed_approver",
      message: "The shared secret counts beside named approvers: nobody can tell who approved",
      hint: "enroll everybody by name, and write unnamed_approver: false",
    });
  }
  if (inbox !== null && sharedFolder.test(inbox)) {
    found.push({
      code: "inbox_shared",
      path: "overrides.inbox",
      message: "Nothing in the inbox counts: others can write a folder above it",
      hint: "name a folder whose parents only you can write, e.g. /srv/approvals",
    });
  }
  if (inbox !== null && approvers.every(({ sshKeys }) => sshKeys.length === 0)) {
    found.push({
      code: "inbox_unused",
      path: "overrides.inbox",
      message: "Nothing in the inbox counts: no approver has a key to sign with",
      hint: "name keys in ssh_keys, or remove the line",
    });
  }
  return found;
}

function findLong({ requestSeconds, grantSeconds }: OverrideTerms): readonly Weakness[] {
  const found: Weakness[] = [];
  if (requestSeconds > longRequestSeconds) {
    found.push({
      code: "request_long",
      path: "overrides.request_seconds",
      message: `Requests wait ${requestSeconds} s: an old one is approved by mistake`,
      hint: `write at most ${longRequestSeconds}`,
    });
  }
  if (grantSeconds > longGrantSeconds) {
    found.push({
      code: "grant_long",
      path: "overrides.grant_minutes",
      message: `Approvals can be used for ${grantSeconds / 60} minutes`,
      hint: `write at most ${longGrantSeconds / 60}: asking again costs a minute`,
    });
  }
  return found;
}
