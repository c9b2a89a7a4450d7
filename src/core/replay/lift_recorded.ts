/**
 * A decision that a person's approval allowed, made again: only where the log has that approval.
 *
 * @module
 */
import type { Entry } from "../audit/entry.ts";
import { isGranting } from "../audit/override_state.ts";
import type { EngineState } from "../audit/state.ts";
import type { Judgement, Verdict } from "../decision/decision.ts";
import type { Json, JsonObject } from "../operation/operation.ts";

/**
 * The judgement, lifted where the entry says it was and the state before it has the grant: for this
 * principal, operation and policy, at that time, not used up. What exactly a wider grant covers, and
 * the effects digest, are not looked at again: they were made of texts whose secrets are gone.
 */
export function liftRecorded(
  { details }: Pick<Entry, "details">,
  judgement: Judgement,
  { overrides }: Pick<EngineState, "overrides">,
): Judgement {
  const id = grantOf(details);
  if (id === null || overrides === null || !judgement.overridable) return judgement;
  const at = Number((details["override"] as JsonObject)["at"]);
  const request = overrides.requests.find(({ grant }) => grant?.id === id);
  const holds = request !== undefined && isGranting(request, at) &&
    request.principal === details["principal"] &&
    request.policy_digest === details["policy_digest"] &&
    (request.grant?.kind !== "once" || request.operation_digest === details["operation_digest"]);
  return holds ? { ...judgement, verdict: "allow", overridable: false, isLifted: true } : judgement;
}

/** What was decided before the approval; null where there was none. */
export function liftedVerdict(details: JsonObject): Verdict | null {
  if (grantOf(details) === null) return null;
  const lifted = (details["override"] as JsonObject)["lifted"];
  return lifted === "ask" ? "ask" : "deny";
}

function grantOf({ override }: JsonObject): string | null {
  const id: Json | undefined =
    typeof override === "object" && override !== null && !Array.isArray(override)
      ? (override as JsonObject)["grant"]
      : undefined;
  return typeof id === "string" ? id : null;
}
