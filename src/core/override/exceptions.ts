/**
 * What becomes of denials that a person may lift, while the decisions of one commit are made: a grant
 * lifts one, or a request is offered. Each is weighed on what the ones before it leave behind.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { foldOverride } from "../audit/fold_override.ts";
import {
  isClockBack,
  isPending,
  nothingKept,
  openedBy,
  type OverridesKept,
  type RequestState,
} from "../audit/override_state.ts";
import type { Judgement, OverrideNote } from "../decision/decision.ts";
import type { Redacted } from "../decision/redacted.ts";
import type { Facts } from "../decision/facts.ts";
import { maxAllPendingRequests, maxPendingRequests } from "../limits.ts";
import type { Effect } from "../operation/effect.ts";
import type { Operation, Principal } from "../operation/operation.ts";
import type { RandomBytes, Sha256 } from "../ports.ts";
import { codePhrase } from "./code_phrase.ts";
import { effectsDigest } from "./effects_digest.ts";
import { findGrant, type Granted } from "./find_grant.ts";
import { openRequest } from "./open_request.ts";
import type { Exception } from "./exception.ts";
import type { OverrideTerms } from "./terms.ts";

export interface ExceptionParts {
  readonly terms: OverrideTerms;
  readonly isSigned: boolean;
  /** Id of the log. */
  readonly installId: string;
  /** Of the transaction, seconds. */
  readonly nowSeconds: number;
  readonly sha256: Sha256;
  readonly randomBytes: RandomBytes;
}

/** A decision that is not allow, and all of whose findings may be approved. */
export interface Weighed {
  readonly judgement: Judgement;
  readonly effects: readonly Effect[];
  readonly facts: Facts;
  /** Scripts that were read. */
  readonly texts: ReadonlyMap<string, string | null>;
  readonly operation: Operation;
  readonly redact: () => Redacted;
  readonly principal: Principal;
  /** See sessionKey. */
  readonly session: string;
  readonly operationDigest: string;
  readonly policyDigest: string;
  readonly deniedKeys: readonly string[];
}

/** One for each transaction. */
export class Exceptions {
  #kept: OverridesKept;
  readonly #parts: ExceptionParts;
  readonly #now: number;

  constructor(kept: OverridesKept | null, parts: ExceptionParts) {
    this.#kept = kept ?? nothingKept;
    this.#parts = parts;
    // A clock that was set back a little makes nothing live longer (law O2).
    this.#now = Math.max(parts.nowSeconds, this.#kept.latest);
  }

  /** Null for what nobody can be asked about: it is too much to read. */
  weigh(weighed: Weighed): Exception | null {
    const { sha256, nowSeconds } = this.#parts;
    if (isClockBack(this.#kept, nowSeconds)) {
      const note = { status: "clock_back", seen_at: timeOf(this.#kept.latest) } as const;
      const { judgement } = weighed;
      return { judgement, details: { refused: "clock_back" }, note, document: null };
    }
    let known: string | null = null;
    const digest = () =>
      known ??= effectsDigest({ ...weighed, findings: weighed.judgement.findings }, sha256);
    const denied = { ...weighed, ...weighed.judgement, effectsDigest: digest };
    const granted = findGrant(this.#kept, denied, { ...this.#parts, now: this.#now });
    const exception = granted === null
      ? this.#offer(weighed, digest())
      : this.#lift(granted, weighed);
    if (exception !== null) this.#note(exception, weighed);
    return exception;
  }

  #lift({ id, grant }: Granted, { judgement }: Weighed): Exception {
    const approved = {
      override_id: grant.id,
      request_id: id,
      kind: grant.kind,
      approved_by: grant.by,
      override_trust: grant.trust,
      approved_until: timeOf(grant.until),
    };
    return {
      judgement: liftJudgement(judgement, grant),
      details: { at: this.#now, grant: grant.id, lifted: judgement.verdict },
      note: { status: "granted", ...approved },
      document: null,
    };
  }

  #offer(weighed: Weighed, effects: string): Exception | null {
    const open = this.#kept.requests.filter((request) => isPending(request, this.#now));
    const same = open.find((request) =>
      request.principal === weighed.principal && request.effects_digest === effects &&
      request.operation_digest === weighed.operationDigest &&
      request.policy_digest === weighed.policyDigest
    );
    if (same !== undefined) return this.#offerAgain(same, weighed);
    const own = open.filter(({ principal }) => principal === weighed.principal);
    const inHour = this.#countInHour(weighed.principal);
    const isFull = own.length >= maxPendingRequests || open.length >= maxAllPendingRequests;
    if (isFull || inHour.length >= this.#parts.terms.maxRequestsPerHour) {
      const firstEnd = Math.min(...open.map(({ expires_at: end }) => end));
      const retry = isFull ? firstEnd : (inHour[0] ?? this.#now) + 3_600;
      return {
        judgement: weighed.judgement,
        details: { at: this.#now, refused: "too_many" },
        note: { status: "too_many", retry_at: timeOf(retry) },
        document: null,
      };
    }
    return this.#offerAnew(weighed, effects, inHour.length);
  }

  /** When this principal opened requests in the last hour, oldest first. */
  #countInHour(principal: Principal): readonly number[] {
    const times = openedBy(this.#kept.opened, principal)?.at ?? [];
    return times.filter((time) => time > this.#now - 3_600);
  }

  #offerAgain(same: RequestState, { judgement }: Weighed): Exception {
    return {
      judgement,
      details: { at: this.#now, request: same.id },
      note: this.#noteOf(same.id, same.document, same.expires_at),
      document: null,
    };
  }

  #offerAnew(weighed: Weighed, effects: string, inHour: number): Exception | null {
    const { terms, sha256, randomBytes, installId } = this.#parts;
    const id = encodeHex(randomBytes(16));
    const expiresAt = this.#now + terms.requestSeconds;
    const document = openRequest({ ...weighed, redacted: weighed.redact() }, {
      request: id,
      install: installId,
      opened_at: this.#now,
      expires_at: expiresAt,
      operation_digest: weighed.operationDigest,
      policy_digest: weighed.policyDigest,
      effects_digest: effects,
      principal: weighed.principal,
      requests_in_hour: inHour,
    }, sha256);
    if (document === null) return null;
    const digest = encodeHex(sha256(document));
    return {
      judgement: weighed.judgement,
      details: {
        at: this.#now,
        document: digest,
        effects_digest: effects,
        expires_at: expiresAt,
        request: id,
        session: weighed.session,
      },
      note: this.#noteOf(id, digest, expiresAt),
      document,
    };
  }

  #noteOf(id: string, document: string, expiresAt: number): OverrideNote {
    return {
      status: "offered",
      request_id: id,
      phrase: codePhrase(document, this.#parts.sha256),
      expires_at: timeOf(expiresAt),
    };
  }

  /** As the entry will be folded; its number is not known yet, and nobody asks for it here. */
  #note({ details }: Exception, weighed: Weighed): void {
    const { operationDigest, policyDigest, principal } = weighed;
    const told = { operation_digest: operationDigest, policy_digest: policyDigest, principal };
    const state = { overrides: this.#kept };
    const next = foldOverride(state, -1, { ...told, override: details });
    this.#kept = next.overrides ?? this.#kept;
  }
}

/** What a grant makes of a denial: what was found stays told. */
export function liftJudgement(
  judgement: Judgement,
  { by, id }: Pick<Granted["grant"], "by" | "id">,
): Judgement {
  return {
    ...judgement,
    verdict: "allow",
    overridable: false,
    notices: [...judgement.notices, `allowed because ${by} approved it (override ${id})`],
    isLifted: true,
  };
}

function timeOf(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString();
}
