import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import { hashNode } from "../../src/core/audit/merkle/hash_node.ts";
import { TreeWalk } from "../../src/core/audit/merkle/tree_walk.ts";
import { verifyConsistency } from "../../src/core/audit/merkle/verify_consistency.ts";
import { verifyInclusion } from "../../src/core/audit/merkle/verify_inclusion.ts";
import { concatHashes, growthOf, makeLeaves, pathOf, rootOf } from "../support/reference_tree.ts";

const leaves = makeLeaves(6_000);
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe("tree", () => {
  it("agrees with the definition at random sizes, fed in random pieces", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: leaves.length }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.integer({ min: 1, max: 700 }),
        (size, part, step) => {
          const index = Math.floor(part * size);
          const tree = leaves.slice(0, size);
          const walk = new TreeWalk({
            rootSizes: [index],
            inclusions: [{ index }],
            consistencies: [{ oldSize: index }],
          });
          for (let at = 0; at < size; at += step) {
            walk.feed(concatHashes(tree.slice(at, at + step)));
          }
          const { root, roots, inclusions, consistencies } = walk.answers();
          assertEquals(root, rootOf(tree));
          assertEquals(roots.get(index), rootOf(tree.slice(0, index)));
          assertEquals(inclusions, [pathOf(index, tree)]);
          assertEquals(consistencies, [growthOf(index, tree)]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("AUD-35 a proof with one bit changed anywhere proves nothing", () => {
    const tree = leaves.slice(0, 1_000);
    const root = rootOf(tree);
    const place = fc.record({ index: fc.nat({ max: 999 }), at: fc.nat(), bit: fc.nat({ max: 7 }) });
    fc.assert(
      fc.property(place, ({ index, at, bit }) => {
        const parts = [leaves[index] ?? root, root, ...pathOf(index, tree)];
        const flat = concatHashes(parts);
        const claimOf = () => {
          const [leafHash = root, ownRoot = root, ...proof] = parts.map((_, i) =>
            flat.subarray(32 * i, 32 * i + 32)
          );
          return { leafHash, root: ownRoot, index, size: 1_000, proof };
        };
        assertEquals(verifyInclusion(claimOf()), true);
        const byte = at % flat.length;
        flat[byte] = (flat[byte] ?? 0) ^ (1 << bit);
        assertEquals(verifyInclusion(claimOf()), false);
      }),
      { numRuns: 300 },
    );
  });

  it("no claim of random parts is proven, and none throws", () => {
    const number = fc.oneof(fc.nat({ max: 40 }), fc.double(), fc.maxSafeInteger());
    const proof = fc.array(fc.oneof(hash, fc.uint8Array({ maxLength: 40 })), { maxLength: 8 });
    fc.assert(
      fc.property(number, number, hash, hash, proof, (one, other, a, b, hashes) => {
        const isProven = verifyInclusion({
          index: one,
          size: other,
          leafHash: a,
          root: b,
          proof: hashes,
        });
        const isGrown = verifyConsistency({
          oldSize: one,
          newSize: other,
          oldRoot: a,
          newRoot: b,
          proof: hashes,
        });
        assertEquals([isProven, isGrown], [false, false]);
      }),
      { numRuns: 2_000 },
    );
  });

  it("hashes a pair as the runtime does", async () => {
    await fc.assert(
      fc.asyncProperty(hash, hash, async (left, right) => {
        const data = Uint8Array.of(1, ...left, ...right);
        assertEquals(
          hashNode(left, right),
          new Uint8Array(await crypto.subtle.digest("SHA-256", data)),
        );
      }),
      { numRuns: 300 },
    );
  });
});
