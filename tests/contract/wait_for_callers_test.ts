/** Who asks alone waits for no timer; where many ask, one commit serves them. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { waitForCallers } from "../../src/compose/wait_for_callers.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { inOverrideProject, writing } from "../support/override_project.ts";

describe("a commit's wait for more callers", () => {
  it("is told who has company: others in the queue, or answered with the last commit", async () => {
    await inOverrideProject(async ({ again }) => {
      const told: boolean[] = [];
      const engine = await again(() => ({
        waitForCallers: (hasCompany) => {
          told.push(hasCompany);
          return Promise.resolve();
        },
      }));
      const ask = () => engine.check([parseOperation(writing("src/a.ts"))], "token:agent");
      await ask();
      await ask();
      // One commit for three; who comes next may have been among them.
      await Promise.all([ask(), ask(), ask()]);
      await ask();
      await ask();
      assertEquals(told, [false, false, true, true, false]);
    });
  });

  it("takes a turn of the event loop alone, a timer's time in company", async () => {
    const median = async (hasCompany: boolean) => {
      const samples: number[] = [];
      for (let round = 0; round < 21; round++) {
        const start = performance.now();
        await waitForCallers(hasCompany);
        samples.push(performance.now() - start);
      }
      return samples.toSorted((a, b) => a - b)[10] ?? NaN;
    };
    const alone = await median(false);
    assert(alone < await median(true) / 2, `${alone} ms`);
  });
});
