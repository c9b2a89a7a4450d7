/**
 * Whether a pattern of commands says nothing that another does not say. For people who look after
 * a policy; no decision depends on it.
 *
 * @module
 */
import type { CommandPattern } from "./command_pattern.ts";
import { coversWord } from "./cover_word.ts";
import { foldForMatching } from "./fold_for_matching.ts";

/**
 * True only when every call that `narrow` matches is matched by `wide`, both by matchCall or both by
 * mayMatchCall (command_pattern.ts); and, where the program of `narrow` has no star, also by the
 * first for `narrow` and the second for `wide`.
 */
export function coversCommand(wide: CommandPattern, narrow: CommandPattern): boolean {
  const [left, right] = [wide.words, narrow.words];
  const hasRoom = wide.isOpen
    ? left.length <= right.length
    : left.length === right.length && !narrow.isOpen;
  return hasRoom && left.every((word, index) => {
    const other = right[index] ?? "";
    return index === 0 ? coversProgram(word, other) : coversWord(word, other);
  });
}

/** Programs are compared by their last name where something is forbidden, as written elsewhere. */
function coversProgram(wide: string, narrow: string): boolean {
  // A star may stand for slashes: then the last name of what it matches is anybody's guess.
  if (narrow.includes("*") && narrow.includes("/")) return wide === narrow;
  return coversWord(wide, narrow) && (wide.includes("/") || !narrow.includes("/")) &&
    coversWord(foldForMatching(lastName(wide)), foldForMatching(lastName(narrow)));
}

function lastName(program: string): string {
  return program.slice(program.lastIndexOf("/") + 1);
}
