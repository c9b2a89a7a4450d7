/**
 * Paths that stand as literal text in code of some language. Finds what is not hidden; whatever is
 * put together at run time stays opaque.
 *
 * @module
 */

export interface LiteralPath {
  readonly path: string;
  /** The code has a word for changing files; else it is more likely read. */
  readonly isWritten: boolean;
}

/** More literals than that are data. */
const maxLiterals = 500;

const literals =
  /"((?:[^"\\\n]|\\.){1,400})"|'((?:[^'\\\n]|\\.){1,400})'|`((?:[^`\\]|\\.){1,400})`/gs;

/** Words for changing files or running programs, in the languages an agent is likely to use. */
const changing =
  /\b(?:write|append|unlink|remove|rmtree|rename|replace|delete|truncate|chmod|chown|link|symlink|copy|copyfile|move|touch|mkdir|rmdir|system|exec|spawn|popen|subprocess|shutil|eval|dump|save|File|cp|mv|rm)|["'][rwax]b?\+?["']|\bopen\s*\([^)]{0,200},|>>?/i;

/** Every literal that may name a file, escapes read as most languages do. */
export function findLiteralPaths(text: string): readonly LiteralPath[] {
  const code = text.replace(/^#![^\n]*/, "");
  const isWritten = changing.test(code);
  const paths = new Map<string, LiteralPath>();
  for (const [, double, single, template] of code.matchAll(literals)) {
    const path = readEscapes(double ?? single ?? template ?? "");
    // Anything on one line without quotes in it: what is no file matches no pattern.
    if (path.trim() === "" || /[\n"'`{}<>|]|^[rwax]b?\+?$/.test(path)) continue;
    paths.set(path, { path, isWritten });
    if (paths.size >= maxLiterals) break;
  }
  // Perl and shells in other languages quote with words: qw(.env), system("rm .env").
  for (const [word] of code.matchAll(/(?<![\w./~-])[\w./~-]*(?:\/|\.)[\w./-]+/g)) {
    if (paths.size >= maxLiterals) break;
    if (!paths.has(word)) paths.set(word, { path: word, isWritten });
  }
  return [...paths.values()];
}

function readEscapes(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|u\{([0-9a-f]{1,6})\}|([0-7]{3})|(.))/gi,
    (_, hex?: string, unicode?: string, braced?: string, octal?: string, other?: string) => {
      const digits = hex ?? unicode ?? braced;
      if (digits !== undefined) return characterOf(parseInt(digits, 16));
      if (octal !== undefined) return characterOf(parseInt(octal, 8));
      return other === "n" ? "\n" : other === "t" ? "\t" : other ?? "";
    },
  );
}

function characterOf(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
}
