/**
 * The programs a logged command line names. A reading for people who count: it knows quotes and
 * separators and nothing else of the shell, and no decision is made by it.
 *
 * @module
 */

/** Simple commands looked at in one line. */
const maxParts = 16;

/** One simple command: its words, quotes removed, without leading `NAME=value`. */
export type SimpleCommand = readonly string[];

/** A quoted text, an escaped character or any other, as often as they follow; or a separator. */
const token = /(?:"(?:[^"\\]|\\.)*"?|'[^']*'?|\\.|[^\s;&|()"'\\])+|[;&|()\n]/gs;
/** `2>&1` and `&>`: no separator is meant. */
const redirects = /\d*>&\d?-?|&>>?/g;

/** `cd a && FOO=1 npm test 2>&1 | cat` is `cd a`, `npm test` and `cat`. */
export function splitCommand(command: string): readonly SimpleCommand[] {
  const parts: string[][] = [[]];
  for (const [text] of command.replace(redirects, " ").matchAll(token)) {
    const words = parts.at(-1) ?? [];
    if (/^[;&|()\n]$/.test(text)) {
      if (words.length > 0) parts.push([]);
    } else if (words.length > 0 || !/^[A-Za-z_]\w*=/.test(text)) {
      words.push(text.replace(/^(["'])(.*)\1$/s, "$2"));
    }
  }
  return parts.filter((words) => words.length > 0).slice(0, maxParts);
}

/** Last names of the programs, each once, less `cd`; `(other)` for a word that is no plain name. */
export function programNames(command: string): readonly string[] {
  const names = splitCommand(command).map(([word = ""]) => programName(word));
  return [...new Set(names.filter((name) => name !== "cd"))];
}

function programName(word: string): string {
  const name = word.slice(word.lastIndexOf("/") + 1);
  return /^[A-Za-z0-9_.+-]{1,64}$/.test(name) ? name : "(other)";
}
