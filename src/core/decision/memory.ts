/**
 * What the log remembers while the decisions of one commit are made: each is made on what the ones
 * before it leave behind, as a replay finds it.
 *
 * @module
 */
import { type CountedHistory, foldCounted } from "../audit/budget_state.ts";
import type { CountedEntry } from "../audit/counted_entry.ts";
import { sessionKey } from "../audit/outcome_key.ts";
import { type Asking, countedNow, readHistory } from "../audit/read_history.ts";
import type { Operation, Principal } from "../operation/operation.ts";
import type { Policy } from "../policy/policy.ts";
import type { Sha256 } from "../ports.ts";
import type { Judgement } from "./decision.ts";
import type { History } from "./history.ts";
import type { Question } from "./question.ts";

interface Recalling {
  readonly scope?: Question["scope"];
  readonly policy: Policy | null;
  readonly sha256: Sha256;
}

/** Who asks, when, and what is remembered of them. */
export interface Recalled extends Asking {
  readonly history: History;
}

/** Changes as operations are judged; one for each transaction. */
export class Memory {
  #counted: CountedHistory | null;
  readonly #nowSeconds: number;

  /** @param nowMicros Of the transaction; what is decided in it is decided at one moment. */
  constructor(counted: CountedHistory | null, nowMicros: number) {
    this.#counted = counted;
    this.#nowSeconds = Math.floor(nowMicros / 1_000_000);
  }

  /** What is remembered now; null where nothing asks for it. */
  recall(
    { agent }: Operation,
    principal: Principal,
    { policy, scope, sha256 }: Recalling,
  ): Recalled | null {
    if (policy === null || policy.budgets.length + policy.past.length === 0) return null;
    // A question about files is no operation: it counts for nothing.
    if (scope === "protected_files") return null;
    const session = sessionKey(agent?.session ?? null, sha256);
    const asking = { principal, session, now: countedNow(this.#counted, this.#nowSeconds) };
    return { ...asking, history: readHistory(this.#counted, asking) };
  }

  /** Remembers a decision that is about to be an entry, and returns what that entry says of it. */
  note(
    { verdict, counted }: Judgement,
    { principal, session, now: at }: Recalled,
    expectsOutcome: boolean,
  ): CountedEntry {
    const isAsked = verdict === "ask" && expectsOutcome;
    const { counts = {}, met = [], proven = [] } = counted ?? {};
    const isKept = verdict === "allow" || isAsked;
    const entry: CountedEntry = {
      at,
      session,
      counts: isKept ? counts : {},
      // SECURITY: an outcome is the caller's word, and lifts no denial.
      met: verdict === "allow" ? [...met, ...proven] : isAsked ? met : [],
      isAsked,
    };
    // The entry has no number yet; only outcomes of later commits ask for it.
    const noted = { ...entry, seq: -1, principal };
    this.#counted = foldCounted(this.#counted, noted, verdict);
    return entry;
  }
}
