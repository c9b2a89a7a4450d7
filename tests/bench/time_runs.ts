import { median } from "./row.ts";

/** How often to run, after as many runs that warm up: what is compiled late must not count. */
export interface Rounds {
  readonly rounds: number;
  readonly warmUps: number;
}

/** Microseconds of one run, the median. */
export function timeRuns(
  run: () => unknown,
  { rounds, warmUps }: Rounds = { rounds: 2_000, warmUps: 500 },
): number {
  const samples: number[] = [];
  for (let round = -warmUps; round < rounds; round++) {
    const start = performance.now();
    run();
    if (round >= 0) samples.push((performance.now() - start) * 1_000);
  }
  return median(samples);
}
