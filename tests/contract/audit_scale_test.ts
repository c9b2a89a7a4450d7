/** How costs grow with the log; the long version, to ten million entries, is `task bench:scale`. */
import { assert } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import { verifyLogFiles } from "../../src/adapter/audit/audit_verify.ts";
import type { NewEvent } from "../../src/core/audit/entry.ts";
import { type CostPoint, fitExponent } from "../bench/fit_exponent.ts";
import { append, inFolder, makeLog, note } from "../support/audit_folder.ts";

const sizes = [1_000, 10_000, 100_000];

/** The quickest of several: a busy machine only ever adds. */
async function quickest(rounds: number, act: () => Promise<unknown>): Promise<number> {
  const samples: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await act();
    samples.push(performance.now() - start);
  }
  return Math.min(...samples);
}

describe("the cost of a log", () => {
  it("AUD-18 grows no faster than the log to verify it, and not at all to open and append", async () => {
    await inFolder(async (folder) => {
      const options = await makeLog(folder, 1);
      const costs = {
        verify: [] as CostPoint[],
        open: [] as CostPoint[],
        append: [] as CostPoint[],
      };
      let count = 2;
      for (const size of sizes) {
        const file = await openAuditFile(options);
        for (; count < size; count += 1_000) {
          await append(file, ...Array<NewEvent>(1_000).fill(note));
        }
        await file.close();
        const request = { mode: "full", macs: [], trees: [], threads: 1 } as const;
        const verify = await quickest(7, async () => {
          const { verdict, entries } = await verifyLogFiles(options, request);
          assert(verdict === "OK-UNANCHORED" && entries >= size, `${verdict} of ${entries}`);
        });
        // Each round begins at another distance from the last snapshot.
        const opens: number[] = [];
        const appends: number[] = [];
        for (let round = 0; round < 15; round++) {
          const start = performance.now();
          const again = await openAuditFile(options);
          opens.push(performance.now() - start);
          appends.push(await quickest(7, () => append(again, note)));
          await again.close();
        }
        costs.verify.push({ size, cost: verify });
        costs.open.push({ size, cost: Math.min(...opens) });
        costs.append.push({ size, cost: Math.min(...appends) });
      }
      const said = JSON.stringify(costs);
      // What would show: a second pass for each segment or line, a look at all of it at the start.
      assert(fitExponent(costs.verify) < 1.3, said);
      assert(fitExponent(costs.open) < 0.4, said);
      assert(fitExponent(costs.append) < 0.4, said);
    });
  });
  it("is fitted as a power of the size", () => {
    for (const exponent of [0, 0.5, 1, 2]) {
      const points = sizes.map((size) => ({ size, cost: 3 * size ** exponent }));
      assert(Math.abs(fitExponent(points) - exponent) < 1e-9);
    }
  });
});
