import { assertEquals, assertThrows } from "@std/assert";
import { decodeHex, encodeHex } from "@std/encoding/hex";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../../src/core/errors.ts";
import { Frontier } from "../../../../src/core/audit/merkle/frontier.ts";
import { hashNode } from "../../../../src/core/audit/merkle/hash_node.ts";
import { parseFrontier } from "../../../../src/core/audit/merkle/parse_frontier.ts";
import type { Json } from "../../../../src/core/operation/operation.ts";
import { concatHashes, makeLeaves, rootOf } from "../../../support/reference_tree.ts";

const leaves = makeLeaves(130);
const grown = (size: number): Frontier => {
  const frontier = new Frontier();
  frontier.append(concatHashes(leaves.slice(0, size)));
  return frontier;
};

describe("Frontier", () => {
  it("has the root of the definition at every size to 130, alone and in bulk", () => {
    const slow = new Frontier();
    for (let size = 0; size <= leaves.length; size++) {
      const root = encodeHex(rootOf(leaves.slice(0, size)));
      assertEquals([slow.size, encodeHex(slow.root())], [size, root]);
      assertEquals(encodeHex(grown(size).root()), root);
      slow.append(leaves[size] ?? new Uint8Array());
    }
  });

  it("keeps one hash for each 1 in the size, and starts again from them", () => {
    for (let size = 0; size <= leaves.length; size++) {
      const encoded = grown(size).encode();
      assertEquals(encoded.hashes.length, size.toString(2).replaceAll("0", "").length);
      const again = parseFrontier(JSON.parse(JSON.stringify(encoded)));
      assertEquals(again?.encode(), encoded);
      again?.append(concatHashes(leaves.slice(size)));
      assertEquals(again?.encode(), grown(leaves.length).encode());
    }
  });

  it("tells of each complete subtree once, when its last leaf comes", () => {
    const told: string[] = [];
    const frontier = new Frontier();
    for (const leaf of leaves.slice(0, 21)) {
      frontier.append(leaf, ({ level, index, hash }) => {
        const below = leaves.slice(index * 2 ** level, (index + 1) * 2 ** level);
        assertEquals(encodeHex(hash), encodeHex(rootOf(below)));
        assertEquals((index + 1) * 2 ** level, frontier.size + 1);
        told.push(`${level}.${index}`);
      });
    }
    assertEquals(told.length, 21 + 10 + 5 + 2 + 1);
    assertEquals(new Set(told).size, told.length);
  });

  it("a copy grows on its own", () => {
    const frontier = grown(5);
    frontier.copy().append(leaves[5] ?? new Uint8Array());
    assertEquals(frontier.encode(), grown(5).encode());
  });

  it("hashes what begins at a subtree, and nothing else", () => {
    const frontier = grown(7);
    for (const start of [0, 4, 6]) {
      assertEquals(frontier.rootFrom(start), rootOf(leaves.slice(start, 7)));
    }
    for (const start of [1, 5, 8, -1]) {
      assertThrows(() => frontier.rootFrom(start), EngineError);
    }
  });

  it("counts past 32 bits, up to 2^53 - 1 leaves and no further", () => {
    const [a, b, c] = leaves.slice(0, 3) as [Uint8Array, Uint8Array, Uint8Array];
    const frontier = Frontier.restore(2 ** 32 + 1, [a, b]);
    frontier?.append(c);
    assertEquals(frontier?.encode(), {
      size: 2 ** 32 + 2,
      hashes: [encodeHex(a), encodeHex(hashNode(b, c))],
    });
    const full = Frontier.restore(2 ** 53 - 2, leaves.slice(0, 52));
    full?.append(c);
    assertEquals(full?.size, 2 ** 53 - 1);
    assertEquals(full?.root().length, 32);
    assertThrows(() => full?.append(a), EngineError);
    assertEquals(full?.size, 2 ** 53 - 1);
  });

  it("appends no half hash", () => {
    for (const length of [1, 31, 33, 63]) {
      const frontier = grown(3);
      assertThrows(() => frontier.append(new Uint8Array(length)), EngineError);
      assertEquals(frontier.encode(), grown(3).encode());
    }
  });
});

describe("parseFrontier()", () => {
  const hash = encodeHex(leaves[0] ?? new Uint8Array());
  const refused: readonly Json[] = [
    null,
    [],
    7,
    "",
    {},
    { size: 1 },
    { hashes: [hash] },
    { size: 1, hashes: [] },
    { size: 1, hashes: [hash, hash] },
    { size: 3, hashes: [hash] },
    { size: 0, hashes: [hash] },
    { size: -0, hashes: [] },
    { size: -1, hashes: [hash] },
    { size: 0.5, hashes: [] },
    { size: 2 ** 53, hashes: [hash] },
    { size: "1", hashes: [hash] },
    { size: 1, hashes: hash },
    { size: 1, hashes: [hash.toUpperCase()] },
    { size: 1, hashes: [hash.slice(2)] },
    { size: 1, hashes: [`${hash}\n`] },
    { size: 1, hashes: [null] },
    { size: 1, hashes: [hash], root: hash },
  ];
  for (const value of refused) {
    it(`refuses ${JSON.stringify(value).slice(0, 60)}`, () => {
      assertEquals(parseFrontier(value), null);
    });
  }

  it("reads what encode() wrote", () => {
    assertEquals(parseFrontier({ size: 1, hashes: [hash] })?.root(), decodeHex(hash));
    assertEquals(parseFrontier({ size: 0, hashes: [] })?.root(), rootOf([]));
  });
});
