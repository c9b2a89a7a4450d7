/**
 * Patterns of the programs a command starts, word by word: `git push *`, `npm run deploy:*`.
 * policy/SPEC.md, "Rules".
 *
 * @module
 */
import type { ProgramCall } from "./effect_plan.ts";
import { foldForMatching } from "./fold_for_matching.ts";
import { matchWord } from "./word_glob.ts";

export interface CommandPattern {
  /** As written. */
  readonly pattern: string;
  /** At least one, or `isOpen`. */
  readonly words: readonly string[];
  /** The last word was `*`: any words may follow, also none. */
  readonly isOpen: boolean;
}

/** Splits a pattern at blanks; one without any word matches nothing and is the caller's to refuse. */
export function parseCommandPattern(pattern: string): CommandPattern | null {
  const words = pattern.split(" ").filter((word) => word !== "");
  if (words.length === 0) return null;
  const isOpen = words.at(-1) === "*";
  return { pattern, words: isOpen ? words.slice(0, -1) : words, isOpen };
}

/**
 * Whether a program may be one the pattern means, for rules that forbid. A word nobody knows may
 * be any words, also none; programs are compared by their last name, case aside: SECURITY:
 * `/bin/RM` is `rm` where names have no case.
 */
export function mayMatchCall({ words, isOpen }: CommandPattern, call: ProgramCall): boolean {
  // Counts of pattern words that may have been read so far.
  let reached: readonly number[] = [0];
  for (const word of call) {
    if (isOpen && reached.includes(words.length)) return true;
    reached = word === null
      ? allFrom(reached, words.length)
      : reached.filter((at) => mayMatchWord(words[at], word, at === 0)).map((at) => at + 1);
    if (reached.length === 0) return false;
  }
  return reached.includes(words.length);
}

function mayMatchWord(wanted: string | undefined, word: string, isProgram: boolean): boolean {
  if (wanted === undefined) return false;
  if (!isProgram) return matchWord(wanted, word);
  return matchWord(foldForMatching(lastName(wanted)), foldForMatching(lastName(word)));
}

/**
 * Whether a program is one the pattern names, for rules that release: every word known, and the
 * program written as in the pattern. SECURITY: `/tmp/npm` is not the `npm` somebody listed.
 */
export function matchCall({ words, isOpen }: CommandPattern, call: ProgramCall): boolean {
  if (call.length < words.length || (call.length > words.length && !isOpen)) return false;
  return call.every((word, at) => {
    if (word === null) return false;
    const wanted = words[at];
    if (wanted === undefined) return true;
    const isElsewhere = at === 0 && word.includes("/") && !wanted.includes("/");
    return !isElsewhere && matchWord(wanted, word);
  });
}

function lastName(program: string): string {
  return program.slice(program.lastIndexOf("/") + 1);
}

/** `reached` ascends: from its first to the last there is, each once. */
function allFrom(reached: readonly number[], last: number): readonly number[] {
  const first = reached[0] ?? last;
  const count = last - first + 1;
  return reached.length === count ? reached : Array.from({ length: count }, (_, i) => first + i);
}
