/**
 * Which widenings of a backtest a human has spoken about.
 *
 * @module
 */
import { EngineError } from "../errors.ts";
import { type BacktestReport, type FlipGroup, isWidening } from "./backtest_report.ts";

/** Groups nobody has acknowledged yet, in the report's order. */
export function findUnacknowledged(
  { groups }: BacktestReport,
  given: readonly string[],
): readonly FlipGroup[] {
  const words = new Set(given);
  return groups.filter((group) => isWidening(group) && !isAcknowledged(group, words));
}

function isAcknowledged({ id, count, seqs }: FlipGroup, given: ReadonlySet<string>): boolean {
  if (given.has(id)) return true;
  return count === seqs.length && seqs.every((seq) => given.has(String(seq)));
}

/**
 * SECURITY: a word that names nothing is a report of yesterday, or a mistake; it must not pass for
 * consent to what happens to be there.
 *
 * @throws {EngineError} `usage`.
 */
export function refuseUnknownWords({ groups }: BacktestReport, given: readonly string[]): void {
  const widened = groups.filter(isWidening);
  const known = new Set(widened.flatMap(({ id, seqs }) => [id, ...seqs.map(String)]));
  const word = given.find((each) => !known.has(each));
  if (word === undefined) return;
  throw new EngineError("usage", `Cannot acknowledge "${word.slice(0, 80)}": no such widening`, {
    hint: "give a group or a number as `sealward replay --candidate` prints them",
  });
}
