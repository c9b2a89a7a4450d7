/**
 * The states a decision may have been made on. Entries of one commit are decided on the state before
 * the first of them.
 *
 * @module
 */
import { snapshotOf } from "../audit/link_batch.ts";
import { emptyState, type EngineState, foldState } from "../audit/state.ts";
import type { Entry } from "../audit/entry.ts";
import { maxGroupCommitEntries } from "../limits.ts";
import type { Sha256 } from "../ports.ts";

/** A commit's entries, with events and snapshots between them. */
const maxKeptStates = 2 * maxGroupCommitEntries;

/** Folds a log and remembers the newest states. */
export class StateTrail {
  readonly #sha256: Sha256;
  readonly #digests = new WeakMap<EngineState, string>();
  /** Distinct, the newest last; empty when the log's beginning is not there to fold. */
  #states: EngineState[] = [];

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  /** Takes the next verified entry. */
  follow(entry: Entry): void {
    if (entry.seq === 0) this.#states = [emptyState];
    const last = this.newest;
    if (last === null) return;
    const next = foldState(last, entry);
    if (next === last) return;
    this.#states.push(next);
    if (this.#states.length >= 2 * maxKeptStates) this.#states = this.#states.slice(-maxKeptStates);
  }

  /**
   * Begins in the middle of a log.
   *
   * @param state Of the moment before the next entry; the caller has checked it against its digest.
   */
  begin(state: EngineState): void {
    this.#states = [state];
  }

  /** Null where it cannot be known. */
  get newest(): EngineState | null {
    return this.#states.at(-1) ?? null;
  }

  /** The newest state with this digest (`sha256:` and hex); null when there is none. */
  find(digest: string): EngineState | null {
    return this.#states.slice(-maxKeptStates)
      .findLast((state) => this.#digestOf(state) === digest) ?? null;
  }

  #digestOf(state: EngineState): string {
    const known = this.#digests.get(state);
    if (known !== undefined) return known;
    const digest = `sha256:${snapshotOf(state, this.#sha256).digest}`;
    this.#digests.set(state, digest);
    return digest;
  }
}
