/**
 * Refusals of a command line: exit 64, with the nearest known word or the way to the help.
 *
 * @module
 */
import { closestString } from "@std/text/closest-string";
import { EngineError, oneLine } from "../../core/errors.ts";
import { programName } from "./command.ts";

/** A `usage` failure; `hint` says what to type instead. */
export function usageError(message: string, hint: string): EngineError {
  return new EngineError("usage", message, { hint });
}

/** A `usage` failure that names the nearest known word, if one is near. */
export function unknownWord(
  what: string,
  word: string,
  known: readonly string[],
  path: readonly string[],
  otherwise = seeHelp(path),
): EngineError {
  const near = known.length === 0 ? null : closestString(word, known);
  const hint = near !== null && isNear(word, near) ? `Did you mean ${quote(near)}?` : null;
  return usageError(`Unknown ${what}`, hint ?? otherwise);
}

/** Most letters in common, whatever the order: a typing mistake, not another word. */
function isNear(word: string, near: string): boolean {
  const left = [...word.toLowerCase().replace(/^-+/, "")];
  const letters = [...near.replace(/^-+/, "")];
  const longest = Math.max(left.length, letters.length);
  const shared = letters.filter((letter) => {
    const index = left.indexOf(letter);
    if (index !== -1) left.splice(index, 1);
    return index !== -1;
  });
  return shared.length >= longest * 0.6;
}

export function quote(text: string): string {
  return `"${oneLine(text, 80)}"`;
}

export function seeHelp(path: readonly string[]): string {
  return `Run "${[programName, ...path].join(" ")} --help"`;
}
