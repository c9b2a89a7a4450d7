/**
 * Versions of the engine, `MAJOR.MINOR.PATCH`.
 *
 * @module
 */

const pattern = /^(?:0|[1-9]\d{0,8})(?:\.(?:0|[1-9]\d{0,8})){2}$/;

/** Whether the text is one; no more than that is read. */
export function isVersion(text: string): boolean {
  return pattern.test(text);
}

/** Below 0 when `a` is older than `b`, 0 when they are the same. Both pass isVersion. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split(".").map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
