/** An OverrideDesk of an engine that has no requests. */
import { EngineError } from "../../src/core/errors.ts";
import type { OverrideDesk } from "../../src/pdp/override_desk.ts";

const refuse = () =>
  Promise.reject(new EngineError("override_unknown", "the fake has no requests"));

export const refusingDesk: OverrideDesk = {
  status: refuse,
  withdraw: refuse,
  isValid: () => Promise.resolve(false),
  list: () => Promise.resolve({ pending: [], grants: [], enrolments: [], approvers: [] }),
  show: refuse,
  approve: refuse,
  deny: refuse,
  revoke: refuse,
  enrol: refuse,
  unenrol: refuse,
};
