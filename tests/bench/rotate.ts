import { LogFixture, sampleEvent } from "./log_fixture.ts";
import { type BenchRow, benchRow, median } from "./row.ts";

const entries = 200_000;
const rounds = 2;

/** How long callers wait while a full segment is closed: the longest append of those beside it. */
export async function benchRotate(): Promise<readonly BenchRow[]> {
  const stalls: number[] = [];
  const whole: number[] = [];
  const singles: number[] = [];
  for (let round = 0; round < rounds; round++) {
    using fixture = new LogFixture();
    await fixture.fill(entries);
    const file = await fixture.open();
    const append = async () => {
      const start = performance.now();
      await file.transact(() => ({ events: [sampleEvent], result: null }));
      return performance.now() - start;
    };
    for (let i = 0; i < 100; i++) singles.push(await append());
    let isOver = false;
    const start = performance.now();
    const rotation = file.rotate().finally(() => isOver = true);
    let longest = 0;
    while (!isOver) {
      longest = Math.max(longest, await append());
      // As requests come: an endless chain of promises would keep the rotation's own turns away.
      await new Promise((resolve) => setTimeout(resolve));
    }
    if (!await rotation) throw new Error("nothing was closed");
    whole.push(performance.now() - start);
    stalls.push(longest);
    await file.close();
  }
  return [
    benchRow({
      name: "rotation_stall",
      value: median(stalls),
      unit: "ms",
      baseline: { name: "one durable append p50", value: median(singles), unit: "ms" },
      target: "none: for comparison",
      met: true,
    }),
    benchRow({
      name: "rotation_of_200000",
      value: median(whole),
      unit: "ms",
      baseline: { name: "the stall in it", value: median(stalls), unit: "ms" },
      target: "none: for comparison",
      met: true,
    }),
  ];
}
