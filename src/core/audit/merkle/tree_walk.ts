/**
 * One pass over all leaf hashes of a log, in order, that answers any number of questions: the root
 * now and at older sizes, and proofs. Memory grows with the questions, not with the log.
 *
 * @module
 */
import { Frontier, type Subtree } from "./frontier.ts";
import { hashBytes } from "./hash_node.ts";
import { PathCollector } from "./path_collector.ts";
import { planSeed } from "./plan_seed.ts";

/** What to find out; sizes count leaves. A question that does not fit the log is answered null. */
export interface TreeQuestions {
  /** The tree as far as a seal knows it; left out: the walk begins with leaf 0. */
  readonly from?: Frontier;
  /** Sizes whose roots are wanted, in any order. */
  readonly rootSizes?: readonly number[];
  /** Leaves to prove, none before `from`; without `size` in the tree at the end of the walk. */
  readonly inclusions?: readonly { readonly index: number; readonly size?: number }[];
  /** Older trees to prove, none smaller than `from`; without `size` as above. */
  readonly consistencies?: readonly { readonly oldSize: number; readonly size?: number }[];
}

export interface TreeAnswers {
  readonly size: number;
  readonly root: Uint8Array;
  /** The frontier at the end, the caller's own. */
  readonly frontier: Frontier;
  /** Root by size asked for; a size the walk did not meet is missing. */
  readonly roots: ReadonlyMap<number, Uint8Array>;
  /** Audit paths, in the order of the questions. RFC 6962 section 2.1.1. */
  readonly inclusions: readonly (readonly Uint8Array[] | null)[];
  /** Consistency proofs, in the order of the questions. RFC 6962 section 2.1.2. */
  readonly consistencies: readonly (readonly Uint8Array[] | null)[];
}

type Proof = readonly Uint8Array[] | null;

interface Question {
  readonly collector: PathCollector | null;
  /** Null: the end of the walk. */
  readonly size: number | null;
  readonly answer: (frontier: Frontier) => Proof;
  proof: Proof;
}

export class TreeWalk {
  readonly #frontier: Frontier;
  readonly #rootSizes: readonly number[];
  readonly #roots = new Map<number, Uint8Array>();
  readonly #inclusions: readonly Question[];
  readonly #consistencies: readonly Question[];
  readonly #questions: readonly Question[];
  #nextStop: number;

  constructor(questions: TreeQuestions = {}) {
    this.#frontier = questions.from?.copy() ?? new Frontier();
    this.#rootSizes = questions.rootSizes ?? [];
    this.#inclusions = (questions.inclusions ?? []).map(askInclusion);
    this.#consistencies = (questions.consistencies ?? []).map(askConsistency);
    this.#questions = [...this.#inclusions, ...this.#consistencies];
    this.#nextStop = this.#arrive();
  }

  /** Leaves so far. */
  get size(): number {
    return this.#frontier.size;
  }

  /**
   * Goes on.
   *
   * @param leafHashes 32 bytes each, any number of them; read before the call returns.
   * @throws {EngineError} `internal` as Frontier.append does.
   */
  feed(leafHashes: Uint8Array): void {
    for (let offset = 0; offset < leafHashes.length;) {
      const left = (leafHashes.length - offset) / hashBytes;
      const distance = this.#nextStop - this.#frontier.size;
      const plain = Math.min(left, distance - 1) * hashBytes;
      this.#frontier.append(leafHashes.subarray(offset, offset + plain));
      offset += plain;
      if (distance > left) return;
      const collect = (subtree: Subtree) => {
        for (const { collector } of this.#questions) collector?.collect(subtree);
      };
      this.#frontier.append(leafHashes.subarray(offset, offset + hashBytes), collect);
      offset += hashBytes;
      this.#nextStop = this.#arrive();
    }
  }

  /** Answers at a size that was waited for, and returns the next one. */
  #arrive(): number {
    const frontier = this.#frontier;
    const { size } = frontier;
    if (this.#rootSizes.includes(size)) this.#roots.set(size, frontier.root());
    for (const question of this.#questions) {
      question.collector?.arrive(frontier);
      if (question.size === size) question.proof = question.answer(frontier);
    }
    const stops = this.#questions.flatMap((question) => [
      question.collector?.nextStop(size) ?? Infinity,
      question.size ?? Infinity,
    ]);
    return Math.min(...[...this.#rootSizes, ...stops].filter((stop) => stop > size), Infinity);
  }

  /** What is known now; the walk may go on. */
  answers(): TreeAnswers {
    const frontier = this.#frontier.copy();
    const proofOf = ({ size, proof, answer }: Question) => size === null ? answer(frontier) : proof;
    return {
      size: frontier.size,
      root: frontier.root(),
      frontier,
      roots: new Map(this.#roots),
      inclusions: this.#inclusions.map(proofOf),
      consistencies: this.#consistencies.map(proofOf),
    };
  }
}

function askInclusion({ index, size = null }: { index: number; size?: number | null }): Question {
  const collector = new PathCollector({ level: 0, index, readAt: index });
  return { collector, size, answer: (frontier) => collector.path(frontier), proof: null };
}

function askConsistency(
  { oldSize, size = null }: { oldSize: number; size?: number | null },
): Question {
  // From an empty tree to any, and from a tree to itself, there is nothing to prove.
  if (oldSize === 0) return { collector: null, size, answer: () => [], proof: null };
  const seed = planSeed(oldSize);
  const collector = new PathCollector({ ...seed, readAt: oldSize });
  const answer = (frontier: Frontier): Proof => {
    if (frontier.size === oldSize) return [];
    const path = frontier.size < oldSize ? null : collector.path(frontier);
    const own = collector.ownHash();
    if (path === null || own === null) return null;
    return seed.isRoot ? path : [own, ...path];
  };
  return { collector, size, answer, proof: null };
}
