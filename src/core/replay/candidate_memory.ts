/**
 * What a candidate's budgets and rules that look back would have counted, had it been in force: its
 * measures of what was really allowed, from the first entry judged on. An entry that nobody could judge
 * counts for nothing.
 *
 * @module
 */
import { type CountedHistory, foldCounted } from "../audit/budget_state.ts";
import { readCounted } from "../audit/counted_entry.ts";
import type { Entry } from "../audit/entry.ts";
import { parseInstant } from "../audit/instant.ts";
import { sessionKey } from "../audit/outcome_key.ts";
import { type Asking, countedNow, readHistory } from "../audit/read_history.ts";
import type { Judgement } from "../decision/decision.ts";
import type { History } from "../decision/history.ts";
import type { Sha256 } from "../ports.ts";

/** Grows with the entries of one walk. */
export class CandidateMemory {
  readonly #sha256: Sha256;
  #counted: CountedHistory | null = null;

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  /** What would be remembered right before the entry. */
  read(entry: Entry): History {
    return readHistory(this.#counted, this.#askingOf(entry));
  }

  /** Takes what the candidate measured of the entry; what was denied then did not happen. */
  note(entry: Entry, { counted }: Judgement): void {
    if (counted === undefined) return;
    const { principal, session, now: at } = this.#askingOf(entry);
    const { counts, met, proven } = counted;
    const noted = { at, session, counts, met: [...met, ...proven], isAsked: false };
    const { seq, details } = entry;
    this.#counted = foldCounted(this.#counted, { ...noted, seq, principal }, details["decision"]);
  }

  /** Entries of policies that counted nothing have only their own time, and a label that may be cut. */
  #askingOf({ at, details }: Entry): Asking {
    const counted = readCounted(details);
    const { session = null } = Object(details["operation"]);
    const label = typeof session === "string" ? session : null;
    const seconds = counted?.at ?? Math.floor((parseInstant(at) ?? 0) / 1_000_000);
    return {
      principal: String(details["principal"]),
      session: counted?.session ?? sessionKey(label, this.#sha256),
      now: countedNow(this.#counted, seconds),
    };
  }
}
