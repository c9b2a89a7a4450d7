/**
 * Gathers what the stopped operations would need to go on.
 *
 * @module
 */
import type { ReleasePart } from "./find_releases.ts";
import type { Example, Proposal, Release } from "./report.ts";
import { Tally } from "./tally.ts";

/** More rules than this nobody reads before accepting them. */
const maxReleases = 100;

export class ProposalCounts {
  readonly #releases = new Tally<{ release: Release | null }>(() => ({ release: null }));
  #stopped = 0;
  #released = 0;

  /** Takes one stopped operation; null for one that no rule may release. */
  add(parts: readonly ReleasePart[] | null, example: Example): void {
    this.#stopped++;
    if (parts === null) return;
    this.#released++;
    const counted = new Set<string>();
    for (const { key, ...part } of parts) {
      const slot = this.#releases.at(key);
      if (slot === null) continue;
      const before = slot.release ?? { ...part, operations: 0, example };
      slot.release = {
        ...before,
        values: union(before.values, part.values),
        verbs: union(before.verbs, part.verbs),
        operations: before.operations + (counted.has(key) ? 0 : 1),
      };
      counted.add(key);
    }
  }

  get proposal(): Proposal {
    const { rows, distinct } = this.#releases.rank(
      maxReleases,
      ({ release }) => release?.operations ?? 0,
    );
    return {
      releases: rows.flatMap(({ release }) => release ?? []),
      releases_left_out: distinct - rows.length,
      stopped: this.#stopped,
      released: this.#released,
    };
  }
}

function union(known: readonly string[], added: readonly string[]): readonly string[] {
  const isNew = added.some((value) => !known.includes(value));
  return isNew ? [...new Set([...known, ...added])] : known;
}
