/**
 * What people were asked to approve, and what they answered, in one pass and bounded memory. Only
 * the engine's own entries count: the guide's types could once be recorded by callers.
 *
 * @module
 */
import type { Entry } from "../audit/entry.ts";
import { overrideTypes } from "../audit/override_state.ts";
import type { Json, JsonObject } from "../operation/operation.ts";
import { overrideEvents } from "../override/override_events.ts";
import { type Ranking, Tally } from "./tally.ts";

/** What one person approved; null is the approver without a name. */
export interface ApproverRow {
  readonly name: string | null;
  readonly approved: number;
  /** Of these, how many the asker's own user could have forged. */
  readonly same_uid: number;
  readonly last_at: string;
}

/** An approval, as its entry has it. */
export interface GrantedRow {
  readonly seq: number;
  readonly at: string;
  readonly approved_by: string | null;
  readonly override_trust: string | null;
  readonly kind: string | null;
  readonly justification: string;
}

/** Wire form; keys are only ever added. */
export interface OverrideReport {
  /** Different requests that denials opened. */
  readonly requested: number;
  readonly approved: number;
  readonly denied: number;
  readonly cancelled: number;
  /** Nobody answered in time; only those that somebody waited for are in the log. */
  readonly timed_out: number;
  readonly revoked: number;
  /** Decisions that a grant allowed. */
  readonly used: number;
  readonly wrong_codes: number;
  /** Codes that were right once. */
  readonly reused_codes: number;
  readonly approvers: Ranking<ApproverRow>;
  /** The newest. */
  readonly grants: readonly GrantedRow[];
}

type Count = Exclude<keyof OverrideReport, "approvers" | "grants">;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A request is asked for again while it is pending, and then others have not come between by far. */
const maxRememberedRequests = 10_000;
/** Characters of a justification. */
const maxJustification = 200;

const closedCounts: ReadonlyMap<Json | undefined, Count> = new Map<Json | undefined, Count>([
  ["denied", "denied"],
  ["cancelled", "cancelled"],
  ["expired", "timed_out"],
  ["timeout", "timed_out"],
  ["timed_out", "timed_out"],
  ["revoked", "revoked"],
]);

/** Takes every entry of the log, in its order. */
export class OverrideCounts {
  readonly #top: number;
  readonly #counts: Record<Count, number> = {
    requested: 0,
    approved: 0,
    denied: 0,
    cancelled: 0,
    timed_out: 0,
    revoked: 0,
    used: 0,
    wrong_codes: 0,
    reused_codes: 0,
  };
  readonly #seen = new Set<string>();
  readonly #approvers = new Tally<Mutable<ApproverRow>>(
    (key) => ({ name: JSON.parse(key), approved: 0, same_uid: 0, last_at: "" }),
  );
  #grants: GrantedRow[] = [];

  /** @param top Rows of each list, 1 to 1,000. */
  constructor(top: number) {
    this.#top = top;
  }

  add(entry: Entry): void {
    const { type, details } = entry;
    if (type === "audit.decision") return this.#addDecision(details);
    if (type === overrideTypes.granted) return this.#addGrant(entry);
    if (type === overrideTypes.closed) {
      const count = closedCounts.get(details["status"]);
      if (count !== undefined) this.#counts[count]++;
      return;
    }
    // SECURITY: another's word is a caller's, from before these types were reserved.
    if (details["recorded_by"] !== "engine") return;
    if (type === overrideEvents.codeWrong) this.#counts.wrong_codes++;
    else if (type === overrideEvents.codeReused) this.#counts.reused_codes++;
  }

  #addDecision({ override }: JsonObject): void {
    if (typeof override !== "object" || override === null || Array.isArray(override)) return;
    const { request, grant } = override as JsonObject;
    if (typeof grant === "string") this.#counts.used++;
    else if (typeof request === "string" && !this.#seen.has(request)) {
      this.#counts.requested++;
      this.#seen.add(request);
      for (const oldest of this.#seen) {
        if (this.#seen.size <= maxRememberedRequests) break;
        this.#seen.delete(oldest);
      }
    }
  }

  #addGrant({ seq, at, details }: Entry): void {
    this.#counts.approved++;
    const name = textOf(details["approved_by"]);
    const trust = textOf(details["override_trust"]);
    const row = this.#approvers.at(JSON.stringify(name));
    if (row !== null) {
      row.approved++;
      row.last_at = at;
      if (trust === "same_uid") row.same_uid++;
    }
    this.#grants.push({
      seq,
      at,
      approved_by: name,
      override_trust: trust,
      kind: textOf(details["kind"]),
      justification: (textOf(details["justification"]) ?? "").slice(0, maxJustification),
    });
    if (this.#grants.length >= 2 * this.#top) this.#grants = this.#grants.slice(-this.#top);
  }

  get report(): OverrideReport {
    return {
      ...this.#counts,
      approvers: this.#approvers.rank(this.#top, ({ approved }) => approved),
      grants: this.#grants.slice(-this.#top),
    };
  }
}

function textOf(value: Json | undefined): string | null {
  return typeof value === "string" ? value : null;
}
