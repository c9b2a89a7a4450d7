/**
 * The end of a session, as an entry where somebody was denied something in it. decision/SPEC.md,
 * "Denial memory".
 *
 * @module
 */
import { oneLine } from "../errors.ts";
import type { Principal } from "../operation/operation.ts";
import type { Sha256 } from "../ports.ts";
import { type DenialState, findDenials, sessionEndedType } from "./denial_state.ts";
import type { NewEvent } from "./entry.ts";
import type { Settlement } from "./outcome.ts";
import { sessionKey } from "./outcome_key.ts";

/** None where there is nothing to forget. */
export function planSessionEnd(
  { session, ended }: Settlement,
  principal: Principal,
  { state, sha256 }: { readonly state: DenialState; readonly sha256: Sha256 },
): readonly NewEvent[] {
  const key = sessionKey(session, sha256);
  const denied = findDenials(state, principal)?.denied ?? [];
  const count = denied.filter((denial) => denial.session === key).length;
  if (ended !== true || count === 0) return [];
  return [{
    type: sessionEndedType,
    severity: "LOW",
    details: {
      principal,
      ...(session === null ? {} : { session: oneLine(session, 128) }),
      session_key: key,
      denials: count,
    },
  }];
}
