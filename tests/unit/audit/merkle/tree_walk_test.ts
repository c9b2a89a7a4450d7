import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Frontier } from "../../../../src/core/audit/merkle/frontier.ts";
import { TreeWalk } from "../../../../src/core/audit/merkle/tree_walk.ts";
import { verifyConsistency } from "../../../../src/core/audit/merkle/verify_consistency.ts";
import { verifyInclusion } from "../../../../src/core/audit/merkle/verify_inclusion.ts";
import {
  concatHashes,
  growthOf,
  makeLeaves,
  pathOf,
  rootOf,
} from "../../../support/reference_tree.ts";

const maxSize = 130;
const leaves = makeLeaves(maxSize);
const roots = Array.from({ length: maxSize + 1 }, (_, size) => rootOf(leaves.slice(0, size)));
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Sizes to 33, then around the powers of two: all pairs of them, each leaf. */
const sizes = upTo(maxSize + 1).filter((n) =>
  n <= 33 || [63, 64, 65, 127, 128, 129, 130].includes(n)
);

describe("TreeWalk", () => {
  it("proves every leaf as the definition does, and the proofs verify", () => {
    for (const size of sizes) {
      const walk = new TreeWalk({ inclusions: upTo(size).map((index) => ({ index })) });
      walk.feed(concatHashes(leaves.slice(0, size)));
      for (const [index, proof] of walk.answers().inclusions.entries()) {
        assertEquals(proof, pathOf(index, leaves.slice(0, size)), `leaf ${index} of ${size}`);
        const leafHash = leaves[index] ?? new Uint8Array();
        const claim = { leafHash, index, size, proof: proof ?? [], root: rootAt(size) };
        assertEquals(verifyInclusion(claim), true, `leaf ${index} of ${size}`);
      }
    }
  });

  it("proves every older tree as the definition does, and the proofs verify", () => {
    for (const size of sizes) {
      const walk = new TreeWalk({ consistencies: upTo(size + 1).map((oldSize) => ({ oldSize })) });
      walk.feed(concatHashes(leaves.slice(0, size)));
      for (const [oldSize, proof] of walk.answers().consistencies.entries()) {
        assertEquals(proof, growthOf(oldSize, leaves.slice(0, size)), `${oldSize} to ${size}`);
        const claim = { oldSize, newSize: size, oldRoot: rootAt(oldSize), newRoot: rootAt(size) };
        assertEquals(verifyConsistency({ ...claim, proof: proof ?? [] }), true);
      }
    }
  });

  it("answers for a size it walks on from, several questions at once", () => {
    const questions = {
      rootSizes: [130, 0, 64, 1, 64, 77],
      inclusions: sizes.filter((n) => n > 5).map((size) => ({ index: 5, size })),
      consistencies: sizes.filter((n) => n >= 6).map((size) => ({ oldSize: 6, size })),
    };
    for (const step of [1, 7, 64, 130]) {
      const walk = new TreeWalk(questions);
      for (let at = 0; at < maxSize; at += step) {
        walk.feed(concatHashes(leaves.slice(at, at + step)));
      }
      const answers = walk.answers();
      assertEquals([...answers.roots.keys()].sort((a, b) => a - b), [0, 1, 64, 77, 130]);
      for (const [size, root] of answers.roots) assertEquals(root, rootAt(size));
      questions.inclusions.forEach(({ size }, i) => {
        assertEquals(answers.inclusions[i], pathOf(5, leaves.slice(0, size)), `of ${size}`);
      });
      questions.consistencies.forEach(({ size }, i) => {
        assertEquals(answers.consistencies[i], growthOf(6, leaves.slice(0, size)), `to ${size}`);
      });
    }
  });

  it("goes on from a frontier: what stands left of it is known", () => {
    for (const start of sizes.filter((n) => n < 65)) {
      const from = new Frontier();
      from.append(concatHashes(leaves.slice(0, start)));
      const rest = upTo(65 - start).map((i) => start + i);
      const walk = new TreeWalk({
        from,
        rootSizes: [start],
        inclusions: rest.map((index) => ({ index })),
        consistencies: rest.map((oldSize) => ({ oldSize })),
      });
      walk.feed(concatHashes(leaves.slice(start, 65)));
      const answers = walk.answers();
      assertEquals(answers.roots.get(start), rootAt(start));
      assertEquals(answers.inclusions, rest.map((index) => pathOf(index, leaves.slice(0, 65))));
      assertEquals(answers.consistencies, rest.map((size) => growthOf(size, leaves.slice(0, 65))));
      assertEquals(from.size, start);
    }
  });

  it("proves across 2^31, 2^32 and up to 2^53 - 1 leaves", () => {
    for (const start of [2 ** 31 - 3, 2 ** 32 - 3, 2 ** 33 + 5, 2 ** 52 - 1, 2 ** 53 - 7]) {
      const ones = start.toString(2).replaceAll("0", "").length;
      const from = Frontier.restore(start, leaves.slice(0, ones));
      if (from === null) throw new Error(`no frontier of ${start}`);
      const sizes = upTo(7).map((i) => start + i);
      const walk = new TreeWalk({
        from,
        rootSizes: sizes,
        inclusions: sizes.slice(0, -1).map((index) => ({ index })),
        consistencies: sizes.map((oldSize) => ({ oldSize })),
      });
      walk.feed(concatHashes(leaves.slice(100, 106)));
      const { size, root, roots: met, inclusions, consistencies } = walk.answers();
      assertEquals(size, start + 6);
      inclusions.forEach((proof, i) => {
        const leafHash = leaves[100 + i] ?? root;
        const claim = { leafHash, index: start + i, size, proof: proof ?? [], root };
        assertEquals(verifyInclusion(claim), true, `leaf ${start + i}`);
        assertEquals(verifyInclusion({ ...claim, index: start + i - 2 ** 31 }), false);
      });
      consistencies.forEach((proof, i) => {
        const oldRoot = met.get(start + i) ?? new Uint8Array();
        const claim = { oldSize: start + i, newSize: size, oldRoot, newRoot: root };
        assertEquals(verifyConsistency({ ...claim, proof: proof ?? [] }), true, `${start + i}`);
      });
    }
  });

  it("answers null where the log cannot know", () => {
    const from = new Frontier();
    from.append(concatHashes(leaves.slice(0, 8)));
    const odd = [-1, 0.5, NaN, Infinity, 2 ** 53];
    const walk = new TreeWalk({
      from,
      rootSizes: [7, 11, ...odd],
      inclusions: [{ index: 7 }, { index: 10 }, { index: 9, size: 9 }, { index: 9, size: 11 }]
        .concat(odd.map((index) => ({ index }))),
      consistencies: [{ oldSize: 7 }, { oldSize: 11 }, { oldSize: 9, size: 8 }]
        .concat(odd.map((oldSize) => ({ oldSize }))),
    });
    walk.feed(concatHashes(leaves.slice(8, 10)));
    const answers = walk.answers();
    assertEquals([answers.size, answers.root, answers.frontier.size], [10, rootAt(10), 10]);
    assertEquals([...answers.roots], []);
    assertEquals(answers.inclusions, answers.inclusions.map(() => null));
    assertEquals(answers.consistencies, answers.consistencies.map(() => null));
    walk.feed(leaves[10] ?? new Uint8Array());
    const later = walk.answers();
    assertEquals(later.inclusions[1], pathOf(10, leaves.slice(0, 11)));
    assertEquals(later.inclusions[3], pathOf(9, leaves.slice(0, 11)));
    assertEquals([later.consistencies[1], later.roots.get(11)], [[], rootAt(11)]);
  });
});

function rootAt(size: number): Uint8Array {
  const root = roots[size];
  if (root === undefined) throw new Error(`no tree of ${size}`);
  return root;
}
