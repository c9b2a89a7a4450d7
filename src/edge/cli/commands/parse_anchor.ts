/**
 * A head code that somebody noted, as the command line gives it.
 *
 * @module
 */
import { quote, usageError } from "../usage_error.ts";

/**
 * Twenty digits are 80 bits: fewer could be met by trying.
 *
 * @throws {EngineError} `usage`.
 */
export function parseAnchor(text: string): { readonly seq: number; readonly prefix: string } {
  const [, seq, prefix = ""] = /^(0|[1-9][0-9]{0,14}):([0-9a-f]{20,64})$/.exec(text) ?? [];
  if (seq !== undefined) return { seq: Number(seq), prefix };
  throw usageError(
    `Cannot read the anchor ${quote(text)}`,
    "give the entry's number, a colon and 20 to 64 hex digits of its MAC",
  );
}
