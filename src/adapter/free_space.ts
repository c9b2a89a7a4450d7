/**
 * How much room a disk has. Asks for more than a sealed process may: for before that, and doctor.
 *
 * @module
 */

/** Free for this user, as percent of the whole, rounded down; null where the system does not say. */
export async function readFreePercent(path: string): Promise<number | null> {
  try {
    const { statfsSync } = await import("node:fs");
    const { bavail, blocks } = statfsSync(path);
    return blocks > 0 ? Math.floor(100 * bavail / blocks) : null;
  } catch {
    return null;
  }
}
