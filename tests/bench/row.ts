/** One measured number with the baseline it is compared to. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: { readonly name: string; readonly value: number; readonly unit: string };
  /** value / baseline */
  readonly ratio: number;
  readonly target: string;
  readonly met: boolean;
}

/** Fills in the ratio; numbers to three digits. */
export function benchRow(row: Omit<BenchRow, "ratio">): BenchRow {
  const round = (value: number) => Number(value.toPrecision(3));
  return {
    ...row,
    value: round(row.value),
    baseline: { ...row.baseline, value: round(row.baseline.value) },
    ratio: round(row.value / row.baseline.value),
  };
}

/** The value below which `share` of the samples lie. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}
