import { createHash } from "node:crypto";
import { TreeWalk } from "../../src/core/audit/merkle/tree_walk.ts";
import { type BenchRow, benchRow, median } from "./row.ts";

const leaves = 1_000_000;
const perFeed = 4_096;
/** The native one is too slow to wait for a million. */
const nativeNodes = 100_000;

/** A walk over a million leaf hashes with a proof and an older root asked for on the way. */
export function benchTree(): Promise<readonly BenchRow[]> {
  const hashes = new Uint8Array(32 * leaves);
  for (let at = 0; at < hashes.length; at += 65_536) {
    crypto.getRandomValues(hashes.subarray(at, at + 65_536));
  }
  const walks: number[] = [];
  const nodes: number[] = [];
  const node = new Uint8Array(65).fill(1);
  for (let round = 0; round < 3; round++) {
    let start = performance.now();
    const walk = new TreeWalk({ inclusions: [{ index: 618_033 }], rootSizes: [500_001] });
    for (let at = 0; at < hashes.length; at += 32 * perFeed) {
      walk.feed(hashes.subarray(at, at + 32 * perFeed));
    }
    const { size, inclusions } = walk.answers();
    if (size !== leaves || inclusions[0]?.length !== 20) throw new Error("walked wrongly");
    walks.push(leaves / (performance.now() - start));
    start = performance.now();
    for (let i = 0; i < nativeNodes; i++) createHash("sha256").update(node).digest();
    nodes.push(nativeNodes / (performance.now() - start));
  }
  const perSecond = 1_000 * median(walks);
  return Promise.resolve([benchRow({
    name: "tree_walk",
    value: perSecond,
    unit: "leaf hashes/s",
    baseline: {
      name: "node:crypto createHash per node",
      value: 1_000 * median(nodes),
      unit: "per s",
    },
    target: ">= 1000000 leaf hashes/s",
    met: perSecond >= 1_000_000,
  })]);
}
