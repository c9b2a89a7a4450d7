/**
 * Segment numbers on a command line.
 *
 * @module
 */
import { maxSegments } from "../../../core/limits.ts";
import { quote, usageError } from "../usage_error.ts";

/** A number from 0. @throws {EngineError} `usage`. */
export function parseCount(flag: string, text: string): number {
  const count = /^(?:0|[1-9][0-9]{0,5})$/.test(text) ? Number(text) : NaN;
  if (count <= maxSegments) return count;
  throw usageError(`Cannot use --${flag} ${quote(text)}`, `wanted a number up to ${maxSegments}`);
}

/** `A..B`, or one number for itself. @throws {EngineError} `usage`. */
export function parseRange(
  flag: string,
  text: string,
): { readonly first: number; readonly last: number } {
  const [from = "", to = from, ...more] = text.split("..");
  const [first, last] = [parseCount(flag, from), parseCount(flag, to)];
  if (more.length === 0 && first <= last) return { first, last };
  throw usageError(`Cannot use --${flag} ${quote(text)}`, "wanted A..B, both included");
}
