/** A measured cost at a size. */
export interface CostPoint {
  readonly size: number;
  readonly cost: number;
}

/**
 * The power of its size that a cost grows with: the slope of the least squares line through the
 * points, both axes in logarithms. 1 is linear, 0 flat.
 */
export function fitExponent(points: readonly CostPoint[]): number {
  const xs = points.map(({ size }) => Math.log(size));
  const ys = points.map(({ cost }) => Math.log(cost));
  const meanX = mean(xs);
  const meanY = mean(ys);
  const over = xs.reduce((sum, x, i) => sum + (x - meanX) * ((ys[i] ?? 0) - meanY), 0);
  return over / xs.reduce((sum, x) => sum + (x - meanX) ** 2, 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
