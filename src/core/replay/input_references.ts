/**
 * Which kept files a part of the log names, and which of them are not there as they were kept.
 *
 * @module
 */
import type { Entry } from "../audit/entry.ts";
import { outcomeTypes } from "../audit/outcome_state.ts";
import type { EngineState } from "../audit/state.ts";
import type { KeptStatus } from "./kept_input.ts";
import { referencedInputs } from "./referenced_inputs.ts";

/** A file that is not there as it was kept, and the first entry that names it. */
export interface LostInput {
  /** Hex. */
  readonly sha256: string;
  readonly seq: number;
}

export interface InputsFound {
  /** Distinct files that are named. */
  readonly total: number;
  readonly missing: readonly LostInput[];
  readonly changed: readonly LostInput[];
}

/**
 * Follows entries in the order of the log. Of lists of protected files only the last one counts: it
 * is what the next look compares with.
 */
export class InputReferences {
  readonly #named = new Map<string, number>();
  #lastList: LostInput | null = null;

  /**
   * What the state before the first entry names: entries that are kept need the policy and the list
   * that entries before them brought.
   *
   * @param seq Of the entry the state was folded up to.
   */
  begin({ accepted, watched }: Pick<EngineState, "accepted" | "watched">, seq: number): void {
    for (const { sha256 } of accepted?.inputs ?? []) this.#name(sha256, seq);
    if (accepted !== null && accepted.values_sha256 !== null) {
      this.#name(accepted.values_sha256, seq);
    }
    if (watched !== null) this.#lastList = { sha256: watched.digest, seq };
  }

  follow(entry: Pick<Entry, "type" | "details" | "seq">): void {
    for (const sha256 of referencedInputs(entry)) {
      if (entry.type === outcomeTypes.protected) this.#lastList = { sha256, seq: entry.seq };
      else this.#name(sha256, entry.seq);
    }
  }

  /** Of every file in use, the first entry that names it; all others may be removed. */
  get inUse(): ReadonlyMap<string, number> {
    const list = this.#lastList;
    return list === null || this.#named.has(list.sha256)
      ? this.#named
      : new Map([...this.#named, [list.sha256, list.seq]]);
  }

  /** Looks at each file once. */
  findMissing(keptStatus: (sha256: string) => KeptStatus): InputsFound {
    const lost = { missing: [] as LostInput[], changed: [] as LostInput[] };
    const named = this.inUse;
    for (const [sha256, seq] of named) {
      const status = keptStatus(sha256);
      if (status !== "kept") lost[status].push({ sha256, seq });
    }
    return { total: named.size, ...lost };
  }

  #name(sha256: string, seq: number): void {
    if (!this.#named.has(sha256)) this.#named.set(sha256, seq);
  }
}
