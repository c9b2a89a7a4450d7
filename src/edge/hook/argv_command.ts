/**
 * A command that a host gives as a list of words.
 *
 * @module
 */
import type { Json } from "../../core/operation/operation.ts";

/** The words, when every element is one and there is at least one. */
export function parseArgv(value: Json | undefined): readonly string[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const words = value.filter((word) => typeof word === "string");
  return words.length === value.length ? words : null;
}

/** The line a shell reads back as exactly these words (threats: list or line, one decision). */
export function quoteArgv(argv: readonly string[]): string {
  return argv.map((word) =>
    /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) && !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word)
      ? word
      : `'${word.replaceAll("'", "'\\''")}'`
  ).join(" ");
}
