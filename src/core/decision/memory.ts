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

/** Changes as operations are judged; one for each transaction. */
export class Memory {
  #counted: CountedHistory | null;
  readonly #nowSeconds: number;

  /** @param nowMicros Of the transaction; what is decided in it is decided at one moment. */
  constructor(counted: CountedHistory | null, nowMicros: number) {
    this.#counted = counted;
    this.#nowSeconds = Math.floor(nowMicros / 1_000_000);
  }

  /** Who asks and when; null where the policy neither counts nor looks back. */
  ask(
    { agent }: Operation,
    principal: Principal,
    { policy, sha256 }: { readonly policy: Policy | null; readonly sha256: Sha256 },
  ): Asking | null {
    if (policy === null || policy.budgets.length + policy.past.length === 0) return null;
    const session = sessionKey(agent?.session ?? null, sha256);
    return { principal, session, now: countedNow(this.#counted, this.#nowSeconds) };
  }

  /** What is remembered now. */
  read(asking: Asking): History {
    return readHistory(this.#counted, asking);
  }

  /** Remembers a decision that is about to be an entry, and returns what that entry says of it. */
  note(
    { verdict, counted }: Judgement,
    { principal, session, now: at }: Asking,
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
    if (verdict === "allow") this.#counted = foldCounted(this.#counted, noted, verdict);
    return entry;
  }
}
