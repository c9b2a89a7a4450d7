import { LogFixture, sampleEvent } from "./log_fixture.ts";
import { type BenchRow, benchRow, median, quantile } from "./row.ts";

/** Durable appends, one by one and 64 at a time, against a bare write + fdatasync. */
export async function benchAppend(): Promise<readonly BenchRow[]> {
  using fixture = new LogFixture();
  const file = await fixture.open();
  const appendMs = async (count: number) => {
    const events = Array.from({ length: count }, () => sampleEvent);
    const start = performance.now();
    await file.transact(() => ({ events, result: null }));
    return performance.now() - start;
  };
  const bare = openBare(fixture.folder);
  const singles: number[] = [];
  const syncs: number[] = [];
  for (let i = 0; i < 400; i++) {
    singles.push(await appendMs(1));
    syncs.push(bare.appendMs());
  }
  const groups: number[] = [];
  for (let i = 0; i < 200; i++) groups.push(await appendMs(64));
  await file.close();
  bare.close();
  const sync = { name: "bare write + fdatasync p50", value: median(syncs), unit: "ms" };
  const perSecond = 64_000 / median(groups);
  return [
    benchRow({
      name: "append_single_p50",
      value: quantile(singles, 0.5),
      unit: "ms",
      baseline: sync,
      target: "< 1 ms",
      met: quantile(singles, 0.5) < 1,
    }),
    benchRow({
      name: "append_group_of_64",
      value: perSecond,
      unit: "entries/s",
      baseline: { name: "bare write + fdatasync", value: 1_000 / median(syncs), unit: "per s" },
      target: ">= 15000 entries/s",
      met: perSecond >= 15_000,
    }),
  ];
}

function openBare(folder: string) {
  const file = Deno.openSync(`${folder}/bare`, { create: true, append: true });
  const line = new Uint8Array(290).fill(0x61);
  return {
    appendMs: () => {
      const start = performance.now();
      file.writeSync(line);
      file.syncDataSync();
      return performance.now() - start;
    },
    close: () => file.close(),
  };
}
