/**
 * Counts over an hour, a day or a session, and when conditions were met last.
 *
 * @module
 */
import type { CountedEntry } from "./counted_entry.ts";

export interface Tally {
  /**
   * By Budget.counterId, whose first letter says over what: `s` has the sum, `h` and `d` have pairs,
   * the number of a part of time and the sum in it, ascending.
   */
  readonly counts: Readonly<Record<string, readonly number[]>>;
  /** By PastCondition.id: seconds since 1970. */
  readonly met: Readonly<Record<string, number>>;
}

export const emptyTally: Tally = { counts: {}, met: {} };

/** A window, and the parts in which it moves on. */
const windows: ReadonlyMap<string, { readonly seconds: number; readonly part: number }> = new Map([
  ["h", { seconds: 3_600, part: 600 }],
  ["d", { seconds: 86_400, part: 14_400 }],
]);

/** Longer than anything looks back. */
const metSeconds = 86_400;

/** Adds what an entry has of these places: first letters of ids. */
export function addToTally(
  tally: Tally,
  { counts, met }: Pick<CountedEntry, "counts" | "met">,
  now: number,
  places: string,
): Tally {
  const isHere = (id: string) => places.includes(id.charAt(0));
  const added = Object.entries(counts).filter(([id]) => isHere(id))
    .map(([id, count]) => [id, addCount(tally.counts[id] ?? [], count, now, id)] as const);
  const seen = met.filter(isHere).map((id) => [id, now] as const);
  if (added.length + seen.length === 0) return tally;
  return {
    counts: { ...tally.counts, ...Object.fromEntries(added) },
    met: { ...tally.met, ...Object.fromEntries(seen) },
  };
}

function addCount(sums: readonly number[], count: number, now: number, id: string): number[] {
  const window = windows.get(id.charAt(0));
  if (window === undefined) return [capped((sums[0] ?? 0) + count)];
  const part = Math.floor(now / window.part);
  const kept = inWindow(sums, now, window);
  if (kept.at(-2) !== part) return [...kept, part, count];
  return [...kept.slice(0, -1), capped((kept.at(-1) ?? 0) + count)];
}

/**
 * What was counted: in the session, or in the parts of time that the last hour or day lies in. The
 * oldest part counts whole, so that no hour and no day ever holds more than a budget.
 */
export function sumOf(sums: readonly number[], id: string, now: number): number {
  const window = windows.get(id.charAt(0));
  if (window === undefined) return sums[0] ?? 0;
  return capped(inWindow(sums, now, window).reduce((sum, n, i) => i % 2 === 0 ? sum : sum + n, 0));
}

function inWindow(
  sums: readonly number[],
  now: number,
  { seconds, part }: { readonly seconds: number; readonly part: number },
): readonly number[] {
  const first = Math.floor((now - seconds) / part);
  let from = 0;
  while (from < sums.length && (sums[from] ?? 0) < first) from += 2;
  return from === 0 ? sums : sums.slice(from);
}

/** Without what nothing looks back to any more. */
export function dropOld({ counts, met }: Tally, now: number): Tally {
  const live = Object.entries(counts).filter(([id, sums]) => sumOf(sums, id, now) > 0);
  const seen = Object.entries(met).filter(([, at]) => now - at <= metSeconds);
  return { counts: Object.fromEntries(live), met: Object.fromEntries(seen) };
}

/** The larger of both, part by part, and the later. */
export function joinTallies(a: Tally, b: Tally): Tally {
  const counts: Record<string, readonly number[]> = { ...a.counts };
  for (const [id, sums] of Object.entries(b.counts)) {
    counts[id] = larger(counts[id] ?? [], sums, id);
  }
  const met: Record<string, number> = { ...a.met };
  for (const [id, at] of Object.entries(b.met)) met[id] = Math.max(met[id] ?? 0, at);
  return { counts, met };
}

function larger(a: readonly number[], b: readonly number[], id: string): readonly number[] {
  if (!windows.has(id.charAt(0))) return [Math.max(a[0] ?? 0, b[0] ?? 0)];
  const byPart = new Map<number, number>();
  for (const sums of [a, b]) {
    for (let i = 0; i < sums.length; i += 2) {
      const part = sums[i] ?? 0;
      byPart.set(part, Math.max(byPart.get(part) ?? 0, sums[i + 1] ?? 0));
    }
  }
  return [...byPart].sort(([x], [y]) => x - y).flat();
}

/** Sums stay exact. */
function capped(sum: number): number {
  return Math.min(sum, Number.MAX_SAFE_INTEGER);
}
