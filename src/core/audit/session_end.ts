/**
 * The end of a session, as an entry where somebody was denied something in it, or has an approval for
 * it. decision/SPEC.md, "Denial memory"; override/SPEC.md, "The grant".
 *
 * @module
 */
import { oneLine } from "../errors.ts";
import type { Principal } from "../operation/operation.ts";
import type { Sha256 } from "../ports.ts";
import { type DenialState, findDenials, sessionEndedType } from "./denial_state.ts";
import type { NewEvent } from "./entry.ts";
import type { Settlement } from "./outcome.ts";
import { isSessionGrant, type OverrideState } from "./override_state.ts";
import { sessionKey } from "./outcome_key.ts";

/** None where there is nothing to forget or to end. */
export function planSessionEnd(
  { session, ended }: Settlement,
  principal: Principal,
  { state, sha256 }: { readonly state: DenialState & OverrideState; readonly sha256: Sha256 },
): readonly NewEvent[] {
  const key = sessionKey(session, sha256);
  const denied = findDenials(state, principal)?.denied ?? [];
  const count = denied.filter((denial) => denial.session === key).length;
  const grants =
    (state.overrides?.requests ?? []).filter((request) =>
      isSessionGrant(request) && request.principal === principal && request.session === key
    ).length;
  if (ended !== true || count + grants === 0) return [];
  return [{
    type: sessionEndedType,
    severity: "LOW",
    details: {
      principal,
      ...(session === null ? {} : { session: oneLine(session, 128) }),
      session_key: key,
      denials: count,
      ...(grants === 0 ? {} : { grants }),
    },
  }];
}
