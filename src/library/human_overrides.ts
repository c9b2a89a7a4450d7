/**
 * The guide's requireHumanOverride and isOverrideValid over an engine. Nothing a caller hands in is
 * believed: what is to be approved, by whom and until when, only the engine says.
 *
 * @module
 */
import type { Decision, OverrideNote } from "../core/decision/decision.ts";
import { EngineError } from "../core/errors.ts";
import { sha256 } from "../core/integrity/sha256.ts";
import type { Operation, Principal } from "../core/operation/operation.ts";
import { operationDigest } from "../core/operation/operation_digest.ts";
import type { OverrideStatus } from "../pdp/override_desk.ts";
import { type AnswerWait, type AskingDesk, awaitAnswer } from "./await_answer.ts";
import { type OverrideDecision, toOverrideDecision, withoutApproval } from "./override_decision.ts";
import type { PolicyDecision } from "./policy_decision.ts";

export interface HumanOverrideOptions {
  /** How long to wait for a person, 1 to 86,400 seconds; default 300. */
  readonly timeoutSeconds?: number;
  /** Between two looks, 10 to 60,000 ms; left out: 250 ms, doubling up to 2,000. */
  readonly pollMs?: number;
  /** Ends the wait: the request is cancelled, and the signal's reason thrown. */
  readonly signal?: AbortSignal;
}

/** The guide's four fields, as a caller may make them up; anything else is only looked up. */
export type DecisionToOverride =
  & Pick<PolicyDecision, "allowed" | "violatedPolicies" | "reason" | "severity">
  & Partial<PolicyDecision>;

export interface HumanOverrideParts {
  readonly principal: Principal;
  readonly openDesk: () => Promise<AskingDesk>;
  /** Decides anew by the whole policy; durable. */
  readonly ask: (operation: Operation) => Promise<Decision>;
  readonly nowMs: AnswerWait["nowMs"];
  readonly pause: AnswerWait["pause"];
  /** Milliseconds since 1970, for the expiry a caller hands in. */
  readonly nowUnixMs: () => number;
}

type Offer = Extract<OverrideNote, { status: "offered" }>;

/** What the engine answered when it made the decision object. */
interface Known {
  readonly offer: Offer;
  readonly digest: string;
}

/** 32 hex digits, as the engine makes them. */
const idGrammar = /^[0-9a-f]{32}$/;

export class HumanOverrides {
  readonly #parts: HumanOverrideParts;
  // SECURITY: by identity. A copy of a decision, or one with changed fields, is nobody's word.
  readonly #known = new WeakMap<object, Known>();

  constructor(parts: HumanOverrideParts) {
    this.#parts = parts;
  }

  /** Remembers which request the engine opened when it answered with this object. */
  remember(decision: PolicyDecision, { override }: Decision, operation: Operation): void {
    if (override?.status !== "offered") return;
    this.#known.set(decision, { offer: override, digest: digestOf(operation) });
  }

  /** See TamperResistance.requireHumanOverride. */
  async require(
    operation: Operation,
    decision: DecisionToOverride,
    options: HumanOverrideOptions = {},
  ): Promise<OverrideDecision> {
    const wait = this.#parseOptions(options);
    wait.signal?.throwIfAborted();
    const desk = await this.#parts.openDesk();
    const known = await this.#findRequest(operation, decision, desk);
    if (known !== null) return typeof known === "string" ? this.#await(known, desk, wait) : known;
    const fresh = await this.#parts.ask(operation);
    const { override } = fresh;
    if (override?.status !== "offered") return refusalOf(fresh);
    return await this.#await(override.request_id, desk, wait);
  }

  /** See TamperResistance.isOverrideValid. */
  async isValid(overrideId: string | null, expiresAt?: Date | null): Promise<boolean> {
    if (typeof overrideId !== "string" || !idGrammar.test(overrideId)) return false;
    // Of a caller's date only "over" counts; one that is no date says nothing good either.
    if (expiresAt !== undefined && !this.#isAhead(expiresAt)) return false;
    const desk = await this.#parts.openDesk();
    return await desk.isValid(overrideId, this.#parts.principal);
  }

  #isAhead(expiresAt: Date | null): boolean {
    return expiresAt instanceof Date && expiresAt.getTime() > this.#parts.nowUnixMs();
  }

  /** The request to wait for, an answer at once, or null: the operation has to be asked again. */
  async #findRequest(
    operation: Operation,
    decision: DecisionToOverride,
    desk: AskingDesk,
  ): Promise<string | OverrideDecision | null> {
    const digest = digestOf(operation);
    const known = this.#known.get(decision);
    if (known !== undefined && known.digest === digest) {
      const id = known.offer.request_id;
      const status = await this.#look(id, desk);
      return status !== null && isOpenOrAnswered(status) ? id : null;
    }
    const { override } = decision;
    if (override?.status !== "offered" || decision.operationDigest !== digest) return null;
    const id = override.request_id;
    const status = idGrammar.test(id) ? await this.#look(id, desk) : null;
    if (status?.status !== "approved") return null;
    // SECURITY: asking again would use the grant up, and believing the object would let the approval
    // of one operation count for another.
    return withoutApproval(
      "The request is answered, and this object cannot tell for which operation: check it again",
      id,
    );
  }

  async #look(requestId: string, desk: AskingDesk): Promise<OverrideStatus | null> {
    try {
      return await desk.status(requestId, this.#parts.principal);
    } catch (error) {
      if (error instanceof EngineError && error.code === "override_unknown") return null;
      throw error;
    }
  }

  async #await(requestId: string, desk: AskingDesk, wait: AnswerWait): Promise<OverrideDecision> {
    const { principal } = this.#parts;
    const status = await awaitAnswer(requestId, { desk, principal }, wait);
    const { override_id: id } = status;
    // SECURITY: an approval of yesterday's policy is one too; only a grant that holds counts.
    const isValid = status.status === "approved" && id !== null &&
      await desk.isValid(id, principal);
    return toOverrideDecision(status, isValid);
  }

  #parseOptions({ timeoutSeconds = 300, pollMs, signal }: HumanOverrideOptions): AnswerWait {
    const { nowMs, pause } = this.#parts;
    return {
      timeoutMs: 1_000 * parseNumber("timeoutSeconds", timeoutSeconds, [1, 86_400]),
      pollMs: pollMs === undefined ? null : parseNumber("pollMs", pollMs, [10, 60_000]),
      signal: signal ?? null,
      nowMs,
      pause,
    };
  }
}

function digestOf(operation: Operation): string {
  return operationDigest(operation, sha256);
}

/** What ended otherwise is to be asked for anew. */
function isOpenOrAnswered({ status }: OverrideStatus): boolean {
  return status === "pending" || status === "approved" || status === "denied";
}

/** Why nobody can be asked: said at once, without a wait. */
function refusalOf({ allowed, overridable, override, reason }: Decision): OverrideDecision {
  if (override?.status === "granted") {
    const end = override.kind === "once" ? ", and is used up" : "";
    const why = `Nothing to override: the approval by ${override.approved_by} allowed it just now`;
    return withoutApproval(`${why}${end}`, override.request_id);
  }
  if (allowed) return withoutApproval("Nothing to override: it is allowed", null);
  if (!overridable) return withoutApproval(`No approval lifts this: ${reason}`, null);
  if (override?.status === "too_many") {
    const when = override.retry_at;
    return withoutApproval(`Too many override requests: ask again after ${when}`, null);
  }
  if (override?.status === "clock_back") {
    const why = `Nobody can approve this: the clock is behind ${override.seen_at}`;
    return withoutApproval(why, null);
  }
  return withoutApproval("Nobody can approve this: the policy names no approver", null);
}

function parseNumber(
  name: string,
  value: number,
  [least, most]: readonly [number, number],
): number {
  // Also for NaN, and for what is no number.
  if (typeof value === "number" && value >= least && value <= most) return value;
  throw new EngineError("usage", `Got ${name} ${String(value)}, wanted ${least} to ${most}`);
}
