/**
 * A person's authenticator begins or ends to count.
 *
 * @module
 */
import type { NewEvent } from "../../core/audit/entry.ts";
import {
  type EnrolmentState,
  isClockBack,
  type OverridesKept,
  overrideTypes,
} from "../../core/audit/override_state.ts";
import { EngineError } from "../../core/errors.ts";
import { maxEnrolments, maxRecoveryCodes } from "../../core/limits.ts";
import type { OverrideTools } from "../../core/override/override_tools.ts";
import type { EnrolmentView, NewEnrolment } from "../override_desk.ts";
import { refused, rejected } from "./approve_request.ts";
import { checkCode, nobody, readSource } from "../../core/override/check_code.ts";
import { told } from "./close_request.ts";
import { countAttempt } from "./count_attempt.ts";
import { type DeskParts, type DeskView, look, timeOf, transact } from "./desk_parts.ts";
import { listOverrides } from "./read_requests.ts";

/** @throws {EngineError} `override_rejected` where the name has an enrolment and no code of it. */
export async function enrolApprover(
  enrolment: NewEnrolment,
  parts: DeskParts,
): Promise<EnrolmentView> {
  if (enrolment.recoveryHashes.length > maxRecoveryCodes) {
    throw new EngineError("internal", "Got more recovery codes than are kept");
  }
  const tools = await parts.loadOverrideTools();
  const isReplacing = await look(parts, ({ kept }) => oldOf(enrolment, kept) !== null);
  if (isReplacing) await countReplacing(enrolment, parts);
  const isEnrolled = await transact(parts, (view) => {
    const cause = causeAgainst(enrolment, view, { tools, parts });
    const event = cause === null ? enrolled(enrolment, view) : refusal(enrolment, cause);
    return { events: [event], result: cause === null };
  });
  if (!isEnrolled) throw rejected(enrolment.replaces?.kind ?? "totp");
  const { enrolments } = await listOverrides(parts);
  const made = enrolments.find(({ id }) => id === enrolment.id);
  if (made === undefined) throw new EngineError("internal", "The enrolment is not in the state");
  return made;
}

async function countReplacing(
  { name }: NewEnrolment,
  parts: DeskParts,
): Promise<void> {
  const guess = { channel: "console", approver: name, what: "enrol" } as const;
  await countAttempt(guess, () => ({ isKnown: true }), parts);
}

/** Why not, for the log; null where nothing stands against it. */
function causeAgainst(
  enrolment: NewEnrolment,
  { kept, clock }: DeskView,
  { tools, parts }: { readonly tools: OverrideTools; readonly parts: DeskParts },
): string | null {
  if (kept.enrolments.some(({ id }) => id === enrolment.id)) return "id";
  const old = oldOf(enrolment, kept);
  if (old === null) {
    if (kept.enrolments.length < maxEnrolments) return null;
    throw refused(`There are ${maxEnrolments} enrolments already`, "unenrol some");
  }
  const { replaces } = enrolment;
  if (replaces === null) return "no_code";
  // A recovery code serves where the old secret is lost.
  const source = replaces.kind === "totp"
    ? readSource(old, tools, parts.sha256)
    : { ...nobody, enrolment: old };
  const checked = checkCode(replaces, source, { hmac: tools.hmac, clock });
  return checked.fits ? null : checked.cause;
}

function oldOf({ name }: NewEnrolment, { enrolments }: OverridesKept): EnrolmentState | null {
  return enrolments.find((one) => one.name === name) ?? null;
}

/** The old one's steps and codes go with it. */
function enrolled(enrolment: NewEnrolment, { clock }: DeskView): NewEvent {
  const { id, name, algorithm, seedSha256, provenStep, recoveryHashes, replaces } = enrolment;
  return {
    type: overrideTypes.enrolled,
    severity: "CRITICAL",
    details: {
      at: clock,
      id,
      name,
      algorithm,
      seed_sha256: seedSha256,
      step: provenStep,
      recovery: recoveryHashes,
      ...(replaces === null ? {} : { replaced_by: replaces.kind }),
    },
  };
}

function refusal({ name, replaces }: NewEnrolment, cause: string): NewEvent {
  const type = cause === "reused" ? "OVERRIDE_REUSE_ATTEMPTED" : "INVALID_OVERRIDE_CODE";
  const proof = replaces?.kind ?? "none";
  const said = { enrolment: name, approver: name, channel: "console", proof, cause };
  return told(type, "HIGH", said);
}

/** The newest time the log has seen, RFC 3339, while the clock is behind it; else null. */
export async function readClockBack(parts: DeskParts): Promise<string | null> {
  return await look(
    parts,
    ({ kept, clock }) => isClockBack(kept, clock) ? timeOf(kept.latest) : null,
  );
}

/**
 * What the clock says now is what time is measured by; what was measured before ends.
 *
 * @throws {EngineError} `override_refused` while the clock is not behind.
 */
export async function acceptClock(by: string, parts: DeskParts): Promise<void> {
  await transact(parts, ({ kept, clock }) => {
    // Ending every request and grant helps nobody then.
    if (!isClockBack(kept, clock)) {
      throw refused("The clock is not behind: there is nothing to accept", clockHint);
    }
    const details = { at: clock, seen_at: kept.latest, by };
    return { events: [{ type: overrideTypes.clock, severity: "CRITICAL", details }], result: null };
  });
}

const clockHint = "approvals go on as they are; `sealward override list` shows them";

/** @throws {EngineError} `override_unknown`. */
export async function unenrolApprover(id: string, by: string, parts: DeskParts): Promise<void> {
  await transact(parts, ({ kept, now }) => {
    const found = kept.enrolments.find((one) => one.id === id);
    if (found === undefined) {
      throw new EngineError("override_unknown", "There is no such enrolment", {
        hint: "see `sealward override list`",
      });
    }
    const details = { at: now, id, name: found.name, by };
    return {
      events: [{ type: overrideTypes.unenrolled, severity: "CRITICAL", details }],
      result: null,
    };
  });
}
