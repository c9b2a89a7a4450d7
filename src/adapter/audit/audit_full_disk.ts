/**
 * Whether a write failed because the disk, or the user's share of it, is full.
 *
 * @module
 */

/** EDQUOT, for which the runtime has no code of its own. */
const quotaText = `(os error ${Deno.build.os === "darwin" ? 69 : 122})`;

/** A write that took only part of the bytes: the room was gone in the middle of it. */
export class ShortWriteError extends Error {}

/**
 * What a failure, or what it was caused by, says: `ENOSPC`, `EDQUOT` or `short_write`; null for any
 * other one. EFBIG, a limit of this process, is none of them: more room on the disk would not help.
 */
export function fullDiskCause(error: unknown): "ENOSPC" | "EDQUOT" | "short_write" | null {
  for (let seen = error; seen instanceof Error; seen = seen.cause) {
    if (seen instanceof ShortWriteError) return "short_write";
    if ("code" in seen && seen.code === "ENOSPC") return "ENOSPC";
    if (seen.message.includes(quotaText)) return "EDQUOT";
  }
  return null;
}
