/** A desk without log, code or signature: a test says who approves, and when. */
import { EngineError } from "../../src/core/errors.ts";
import type { Principal } from "../../src/core/operation/operation.ts";
import type { OverrideDesk, OverrideStatus } from "../../src/pdp/override_desk.ts";

export interface AnsweringDesk extends OverrideDesk {
  /** One word per call, in order, e.g. `withdraw 0000...01 timeout`. */
  readonly calls: readonly string[];
  /** Makes a pending request; the next free id. */
  readonly open: (principal: Principal) => string;
  /** A person's answer; returns the grant's id. */
  readonly answerYes: (requestId: string, approvedBy: string | null) => string;
  readonly answerNo: (requestId: string, justification: string) => void;
  /** Changes what is known of a request. */
  readonly set: (requestId: string, change: Partial<OverrideStatus>) => void;
}

export interface AnsweringDeskOptions {
  /** When grants end, RFC 3339. */
  readonly approvedUntil?: string;
  /** Called before each act, and may throw or change the desk. */
  readonly before?: (call: string) => void;
}

export function createAnsweringDesk(options: AnsweringDeskOptions = {}): AnsweringDesk {
  const { approvedUntil = "2099-01-01T00:30:00Z", before = () => {} } = options;
  const calls: string[] = [];
  const requests = new Map<string, { principal: Principal; status: OverrideStatus }>();
  let last = 0;
  const id = (): string => (++last).toString(16).padStart(32, "0");
  const note = async (call: string): Promise<void> => {
    calls.push(call);
    await Promise.resolve();
    before(call);
  };
  const find = (requestId: string, principal: Principal | null) => {
    const request = requests.get(requestId);
    if (request !== undefined && (principal === null || principal === request.principal)) {
      return request;
    }
    throw new EngineError("override_unknown", "Nobody knows this request");
  };
  const set = (requestId: string, change: Partial<OverrideStatus>) => {
    const request = find(requestId, null);
    request.status = { ...request.status, ...change };
  };
  const refuse = () => Promise.reject(new EngineError("internal", "this desk has no such act"));
  return {
    calls,
    open: (principal) => {
      const requestId = id();
      requests.set(requestId, { principal, status: { ...pending, request_id: requestId } });
      return requestId;
    },
    answerYes: (requestId, approvedBy) => {
      const overrideId = id();
      set(requestId, {
        status: "approved",
        override_id: overrideId,
        approved_until: approvedUntil,
        approved_by: approvedBy,
        override_trust: "guarded",
        justification: "The release needs it",
        kind: "once",
      });
      return overrideId;
    },
    answerNo: (requestId, justification) => set(requestId, { status: "denied", justification }),
    set,
    status: async (requestId, principal) => {
      await note(`status ${requestId}`);
      return find(requestId, principal).status;
    },
    withdraw: async (requestId, principal, why) => {
      await note(`withdraw ${requestId} ${why}`);
      const { status } = find(requestId, principal);
      if (status.status !== "pending") return status;
      set(requestId, { status: why === "timeout" ? "expired" : "cancelled" });
      return find(requestId, principal).status;
    },
    isValid: async (overrideId, principal) => {
      await note(`isValid ${overrideId}`);
      return [...requests.values()].some((request) =>
        request.status.override_id === overrideId && request.status.status === "approved" &&
        (principal === null || principal === request.principal)
      );
    },
    waiting: () => Promise.resolve({ inbox: null, requestIds: [] }),
    list: async () => {
      await note("list");
      return { pending: [], grants: [], enrolments: [], approvers: [] };
    },
    show: refuse,
    approve: refuse,
    deny: refuse,
    revoke: refuse,
    enrol: refuse,
    unenrol: refuse,
    acceptClock: refuse,
    clockBack: refuse,
  };
}

const pending: Omit<OverrideStatus, "request_id"> = {
  status: "pending",
  expires_at: "2099-01-01T00:05:00Z",
  override_id: null,
  approved_until: null,
  approved_by: null,
  override_trust: null,
  justification: null,
  kind: null,
};
