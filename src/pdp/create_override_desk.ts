/**
 * The desk, each of whose acts loads its own code when it is called: a check pays for none of it.
 *
 * @module
 */
import type { EngineParts } from "./engine.ts";
import type { OverrideDesk } from "./override_desk.ts";
import type { Standings } from "./standings.ts";

export function createOverrideDesk(given: EngineParts, standings: Standings): OverrideDesk {
  const parts = { ...given, standings };
  const readers = () => import("./override/read_requests.ts");
  const closers = () => import("./override/close_request.ts");
  const enrolling = () => import("./override/enrol_approver.ts");
  return {
    status: async (id, principal) => await (await readers()).readStatus(id, principal, parts),
    isValid: async (id, principal) => await (await readers()).isOverrideValid(id, principal, parts),
    waiting: async () => await (await readers()).readWaiting(parts),
    list: async () => await (await readers()).listOverrides(parts),
    show: async (id, channel) => await (await readers()).showRequest(id, channel, parts),
    withdraw: async (id, principal, why, who = {}) =>
      await (await closers()).withdrawRequest(id, { principal, why, who }, parts),
    deny: async (id, denial) => await (await closers()).denyRequest(id, denial, parts),
    revoke: async (id, by) => await (await closers()).revokeGrant(id, by, parts),
    approve: async (approval) => {
      const { proof } = approval;
      if (proof.kind === "ssh") {
        const { approveBySignature } = await import("./override/approve_by_signature.ts");
        return await approveBySignature(approval, proof.signature, parts);
      }
      const { approveByCode } = await import("./override/approve_by_code.ts");
      return await approveByCode(approval, proof, parts);
    },
    enrol: async (enrolment) => await (await enrolling()).enrolApprover(enrolment, parts),
    clockBack: async () => await (await enrolling()).readClockBack(parts),
    acceptClock: async (by) => await (await enrolling()).acceptClock(by, parts),
    unenrol: async (id, by) => await (await enrolling()).unenrolApprover(id, by, parts),
  };
}
