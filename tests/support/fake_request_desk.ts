/**
 * An OverrideDesk without log or secrets that remembers what it was asked. It knows a few requests,
 * one code and one principal for each, so that a test of an edge states only what it is about.
 */
import type { Approval } from "../../src/core/override/approval.ts";
import { EngineError } from "../../src/core/errors.ts";
import type {
  GrantView,
  OverrideDesk,
  OverrideStatus,
  PendingView,
  ShownRequest,
} from "../../src/pdp/override_desk.ts";

export const fakeCode = "042517";
export const fakePhrase = "ABCDE-12345";

/** A request the desk knows. */
export interface FakeRequest {
  readonly id: string;
  readonly principal: string;
  readonly operationDigest: string;
  status: OverrideStatus["status"];
}

export interface FakeDeskOptions {
  readonly requests?: readonly FakeRequest[];
  /** Thrown by approve() whatever it is given. */
  readonly approveFailure?: unknown;
}

export interface FakeDesk extends OverrideDesk {
  /** One word per call with its arguments, in order; an approval as JSON. */
  readonly asked: readonly string[];
}

const expiresAt = "2026-11-23T09:30:00Z";
const grantedStatuses: readonly string[] = ["approved", "used", "revoked"];

/** The grant's id of a request: the request's, turned round. */
export function fakeOverrideId(requestId: string): string {
  return [...requestId].reverse().join("");
}

/** @param note Called first in every method; what it throws is thrown. */
export function createFakeDesk(
  note: (call: string) => void,
  options: FakeDeskOptions = {},
): FakeDesk {
  const asked: string[] = [];
  const requests = (options.requests ?? []).map((request) => ({ ...request }));
  const begin = async (call: string): Promise<void> => {
    asked.push(call);
    await Promise.resolve(note(`overrides.${call.split(" ")[0]}`));
  };
  const find = (id: string, principal: string | null = null): FakeRequest => {
    const found = requests.find((request) =>
      request.id === id && (principal === null || request.principal === principal)
    );
    // A careless text: an edge must not pass on what names the request.
    if (found === undefined) throw new EngineError("override_unknown", `No request ${id}`);
    return found;
  };
  return {
    asked,
    status: async (id, principal) => {
      await begin(`status ${id} ${principal}`);
      return statusOf(find(id, principal));
    },
    withdraw: async (id, principal, why) => {
      await begin(`withdraw ${id} ${principal} ${why}`);
      const request = find(id, principal);
      if (request.status === "pending") {
        request.status = why === "timeout" ? "expired" : "cancelled";
      }
      return statusOf(request);
    },
    isValid: async (id, principal) => {
      await begin(`isValid ${id} ${principal}`);
      return requests.some((request) =>
        fakeOverrideId(request.id) === id && request.principal === principal &&
        request.status === "approved"
      );
    },
    waiting: () => begin("waiting").then(() => ({ inbox: null, requestIds: [] })),
    list: async () => {
      await begin("list");
      const approvers = [{ name: "alice", proofs: ["totp"], locked_until: null }] as const;
      const pending = requests.filter(({ status }) => status === "pending").map(pendingOf);
      const grants = requests.filter(({ status }) => status === "approved").map(grantOf);
      return { pending, grants, enrolments: [], approvers };
    },
    show: async (id, channel) => {
      await begin(`show ${id} ${channel}`);
      const request = find(id);
      if (request.status !== "pending") throw new EngineError("override_unknown", "It is over");
      return shownOf(request);
    },
    approve: async (approval) => {
      await begin(`approve ${JSON.stringify(approval)}`);
      if (options.approveFailure !== undefined) throw options.approveFailure;
      return approve(approval, find);
    },
    deny: async (id, { justification, channel, by }) => {
      await begin(`deny ${id} ${justification} ${channel} ${by}`);
      const request = find(id);
      request.status = "denied";
      return statusOf(request);
    },
    revoke: async (id, { justification, channel, by }) => {
      await begin(`revoke ${id} ${justification} ${channel} ${by}`);
      const request = find(fakeOverrideId(id));
      request.status = "revoked";
      return statusOf(request);
    },
    enrol: async () => {
      await begin("enrol");
      throw new EngineError("internal", "the fake enrols nobody");
    },
    unenrol: () => begin("unenrol"),
    acceptClock: () => begin("acceptClock"),
    clockBack: () => begin("clockBack").then(() => null),
  };
}

function approve(approval: Approval, find: (id: string) => FakeRequest): OverrideStatus {
  const { proof, phrase } = approval;
  const request = find(approval.requestId);
  const isRight = proof.kind === "totp" && proof.code === fakeCode && phrase === fakePhrase;
  if (!isRight || request.status !== "pending") {
    // Careless again, and different each time.
    throw new EngineError("override_rejected", `Wrong for ${request.id}: ${request.status}`);
  }
  request.status = "approved";
  return statusOf(request);
}

export function statusOf({ id, status }: FakeRequest): OverrideStatus {
  const hasGrant = grantedStatuses.includes(status);
  return {
    request_id: id,
    status,
    expires_at: expiresAt,
    override_id: hasGrant ? fakeOverrideId(id) : null,
    approved_until: hasGrant ? "2026-11-23T10:00:00Z" : null,
    approved_by: hasGrant ? "alice" : null,
    override_trust: hasGrant ? "guarded" : null,
    justification: hasGrant ? "seen and meant" : null,
    kind: hasGrant ? "once" : null,
  };
}

function pendingOf({ id, principal, operationDigest }: FakeRequest): PendingView {
  return {
    request_id: id,
    principal,
    expires_at: expiresAt,
    operation_digest: operationDigest,
    summary: "write .env",
  };
}

function grantOf({ id, principal, operationDigest }: FakeRequest): GrantView {
  return {
    override_id: fakeOverrideId(id),
    request_id: id,
    kind: "once",
    operation_digest: operationDigest,
    policy_digest: `sha256:${"1".repeat(64)}`,
    principal,
    approved_by: "alice",
    override_trust: "guarded",
    approved_until: "2026-11-23T10:00:00Z",
    uses: 0,
  };
}

function shownOf({ id, principal, operationDigest, status }: FakeRequest): ShownRequest {
  return {
    request_id: id,
    status,
    text: "write .env\n",
    phrase: fakePhrase,
    document: {
      version: 1,
      request: id,
      install: "5".repeat(32),
      opened_at: 1_795_425_000,
      expires_at: 1_795_426_200,
      decision: "deny",
      operation_digest: operationDigest,
      policy_digest: `sha256:${"1".repeat(64)}`,
      effects_digest: `sha256:${"4".repeat(64)}`,
      principal,
      agent: null,
      session: null,
      operation: { type: "file_write" },
      agent_says: null,
      effects: [{ verb: "write", resource: ".env" }],
      violations: [],
      is_covered: false,
      requests_in_hour: 1,
      denied_keys: [],
      finding_keys: [],
      finding_kinds: [],
    },
    approvers: [{ name: "alice", proofs: ["totp"], locked_until: null }],
    kinds: ["once"],
  };
}
