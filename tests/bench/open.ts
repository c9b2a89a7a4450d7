import { LogFixture } from "./log_fixture.ts";
import { type BenchRow, benchRow, median } from "./row.ts";

/** Start-up integrity check: opening a log of 1,000 and of 100,000 entries. */
export async function benchOpen(): Promise<readonly BenchRow[]> {
  const small = await openMs(1_000);
  const large = await openMs(100_000);
  return [benchRow({
    name: "open_log_of_100000_p50",
    value: large,
    unit: "ms",
    baseline: { name: "opening a log of 1,000", value: small, unit: "ms" },
    target: "< 50 ms whatever the size",
    met: large < 50,
  })];
}

async function openMs(entries: number): Promise<number> {
  using fixture = new LogFixture();
  await fixture.fill(entries);
  const samples: number[] = [];
  for (let round = 0; round < 30; round++) {
    const start = performance.now();
    const file = await fixture.open();
    samples.push(performance.now() - start);
    await file.close();
  }
  return median(samples);
}
