/**
 * Picks the hashes of one proof out of a tree while it grows; keeps a hash for each level at most.
 *
 * What stands left of a node is in the frontier when the node begins. What stands right of it and
 * its ancestors is completed later, lower ones first, or is still incomplete at the end.
 *
 * @module
 */
import type { Frontier, Subtree } from "./frontier.ts";
import { type PathStep, planPath } from "./plan_path.ts";

/** The node a path leads from. */
export interface PathOrigin {
  readonly level: number;
  readonly index: number;
  /** Size at which the frontier shows what stands left: where the node begins, or where it ends. */
  readonly readAt: number;
}

export class PathCollector {
  readonly #origin: PathOrigin;
  readonly #left = new Map<number, Uint8Array>();
  readonly #right = new Map<number, Uint8Array>();
  #isRead = false;
  #next: { readonly level: number; readonly index: number; readonly end: number };

  constructor(origin: PathOrigin) {
    this.#origin = origin;
    this.#next = rightOf(origin.level, origin.index);
  }

  /** The next size above `size` at which the collector wants to be told; infinite for none. */
  nextStop(size: number): number {
    return this.#origin.readAt > size ? this.#origin.readAt : this.#next.end;
  }

  /** Told of every complete subtree at the sizes it asked for. */
  collect({ level, index, hash }: Subtree): void {
    if (level !== this.#next.level || index !== this.#next.index) return;
    this.#right.set(level, hash);
    this.#next = rightOf(level + 1, Math.floor(index / 2));
  }

  /** Told at the sizes it asked for, after the subtrees, and at the size a walk begins with. */
  arrive(frontier: Frontier): void {
    if (frontier.size !== this.#origin.readAt) return;
    this.#isRead = true;
    for (const { level, hash } of frontier.subtrees()) this.#left.set(level, hash);
  }

  /** The origin's own hash, where `readAt` is its end; else null. */
  ownHash(): Uint8Array | null {
    return this.#left.get(this.#origin.level) ?? null;
  }

  /** The path in the tree as it is now; null when the origin is not in it or was not seen. */
  path(frontier: Frontier): readonly Uint8Array[] | null {
    const steps = planPath(this.#origin, frontier.size);
    if (steps === null || !this.#isRead) return null;
    return steps.map((step) => this.#hashAt(step, frontier));
  }

  #hashAt({ level, side, start }: PathStep, frontier: Frontier): Uint8Array {
    const known = (side === "left" ? this.#left : this.#right).get(level);
    return known ?? frontier.rootFrom(start);
  }
}

/** The first complete subtree that stands right of the node or of its nearest ancestor with one. */
function rightOf(
  level: number,
  index: number,
): { readonly level: number; readonly index: number; readonly end: number } {
  // A trunk of right children ends at the root: index 0 is a left child again.
  while (index % 2 === 1) {
    level++;
    index = (index - 1) / 2;
  }
  return { level, index: index + 1, end: (index + 2) * 2 ** level };
}
