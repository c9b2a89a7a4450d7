import { assertEquals } from "@std/assert";
import { decodeHex, encodeHex } from "@std/encoding/hex";
import { describe, it } from "@std/testing/bdd";
import { Frontier } from "../../../../src/core/audit/merkle/frontier.ts";
import { hashLeaf } from "../../../../src/core/audit/merkle/hash_leaf.ts";
import { verifyConsistency } from "../../../../src/core/audit/merkle/verify_consistency.ts";
import { verifyInclusion } from "../../../../src/core/audit/merkle/verify_inclusion.ts";
import consistency from "../../../vectors/merkle/consistency.json" with { type: "json" };
import inclusion from "../../../vectors/merkle/inclusion.json" with { type: "json" };
import trees from "../../../vectors/merkle/trees.json" with { type: "json" };

describe("vectors/merkle", () => {
  it("roots of trees of 0 to 8 leaves", () => {
    const frontier = new Frontier();
    assertEquals(trees.roots.length, trees.inputs.length + 1);
    for (const [size, root] of trees.roots.entries()) {
      assertEquals([frontier.size, encodeHex(frontier.root())], [size, root]);
      frontier.append(hashLeaf(decodeHex(trees.inputs[size] ?? "")));
    }
  });

  it("inclusion: sound proofs hold, tampered ones do not", () => {
    assertEquals(inclusion.cases.length, inclusion.count);
    for (const row of inclusion.cases) {
      const isProven = verifyInclusion({
        index: row.index,
        size: row.size,
        leafHash: decodeHex(row.leaf_hash),
        root: decodeHex(row.root),
        proof: row.proof.map(decodeHex),
      });
      assertEquals(isProven, row.valid, `${row.about}: leaf ${row.index} of ${row.size}`);
    }
  });

  it("consistency: sound proofs hold, tampered ones do not", () => {
    assertEquals(consistency.cases.length, consistency.count);
    for (const row of consistency.cases) {
      const isProven = verifyConsistency({
        oldSize: row.old_size,
        newSize: row.new_size,
        oldRoot: decodeHex(row.old_root),
        newRoot: decodeHex(row.new_root),
        proof: row.proof.map(decodeHex),
      });
      assertEquals(isProven, row.valid, `${row.about}: ${row.old_size} to ${row.new_size}`);
    }
  });

  const garbage = [-1, 0.5, NaN, Infinity, -Infinity, 2 ** 53, 2 ** 64, Number.MIN_VALUE];
  it("no number that is none proves anything, or throws", () => {
    const hash = new Uint8Array(32);
    for (const number of garbage) {
      for (const proof of [[], [hash]]) {
        const claim = { leafHash: hash, root: hash, proof };
        assertEquals(verifyInclusion({ ...claim, index: number, size: 1 }), false);
        assertEquals(verifyInclusion({ ...claim, index: 0, size: number }), false);
        const growth = { oldRoot: hash, newRoot: hash, proof };
        assertEquals(verifyConsistency({ ...growth, oldSize: number, newSize: 1 }), false);
        assertEquals(verifyConsistency({ ...growth, oldSize: 0, newSize: number }), false);
        assertEquals(verifyConsistency({ ...growth, oldSize: number, newSize: number }), false);
      }
    }
  });
});
