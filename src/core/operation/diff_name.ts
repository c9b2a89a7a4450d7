/**
 * File names in the headers of a unified diff.
 *
 * @module
 */
import { EngineError } from "../errors.ts";
import { maxPathCharacters } from "../limits.ts";
import { decodeUtf8 } from "../strict_json.ts";
import { isPath } from "./path.ts";

/**
 * Names as written that one header pair may mean, the likeliest first; empty for `/dev/null`.
 * Git's `a/` and `b/` are not part of the name. Any other name may lose its first folder or not
 * (patch -p0, -p1), so both readings are given.
 */
export interface DiffNames {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Reads what follows `--- ` and `+++ `; null when either is not a name or both are /dev/null. */
export function parseDiffNames(writtenBefore: string, writtenAfter: string): DiffNames | null {
  const before = parseDiffName(writtenBefore);
  const after = parseDiffName(writtenAfter);
  if (before === null || after === null) return null;
  const isGit = (before === devNull || before.startsWith("a/")) &&
    (after === devNull || after.startsWith("b/"));
  const names = { before: readings(before, isGit), after: readings(after, isGit) };
  const all = [...names.before, ...names.after];
  return all.length > 0 && all.every(isPath) ? names : null;
}

/**
 * The readings of the one name of `diff --git X Y`, the likeliest first; empty when X and Y are not
 * the same file. Blanks are not quoted there, so only the middle tells where X ends.
 */
export function parseGitHeaderNames(written: string): readonly string[] {
  const middle = (written.length - 1) / 2;
  if (written[middle] !== " ") return [];
  // A tab says that the name ends there, blanks and all.
  const names = parseDiffNames(`${written.slice(0, middle)}\t`, `${written.slice(middle + 1)}\t`);
  return names !== null && names.before[0] === names.after[0] ? names.before : [];
}

/** A name alone on its line, as after `rename from `; null when it is none. */
export function parseDiffPath(written: string): string | null {
  const name = parseDiffName(written);
  return name !== null && isPath(name) ? name : null;
}

const devNull = "/dev/null";

function readings(name: string, isGit: boolean): readonly string[] {
  if (name === devNull) return [];
  if (isGit) return [name.slice(2)];
  const slash = name.indexOf("/");
  return slash === -1 ? [name] : [name, name.slice(slash + 1)];
}

function parseDiffName(written: string): string | null {
  // What follows a tab is a time stamp, or nothing, in every tool that writes one.
  const line = written.replace(/\r$/, "");
  const name = line.replace(/\t.*$/, "");
  if (name.startsWith('"')) return unquote(name);
  // SECURITY: without a tab some tools take a blank for the end of the name and some do not; git
  // itself writes the tab wherever a name holds a blank.
  return name.includes(" ") && !line.includes("\t") ? null : name;
}

/** Git's quoting: C escapes and three octal digits for each byte that is not ASCII. */
function unquote(quoted: string): string | null {
  if (quoted.length > 4 * maxPathCharacters) return null;
  if (!/^"(?:[^"\\]|\\[abfnrtv"\\]|\\[0-3][0-7]{2})+"$/.test(quoted)) return null;
  const bytes: number[] = [];
  for (const [part, escape] of quoted.slice(1, -1).matchAll(/\\([0-7]{3}|.)|[^\\]+/g)) {
    if (escape === undefined) bytes.push(...new TextEncoder().encode(part));
    else if (escape.length === 3) bytes.push(Number.parseInt(escape, 8));
    else {bytes.push(
        "abtnvfr".includes(escape) ? 7 + "abtnvfr".indexOf(escape) : escape.charCodeAt(0),
      );}
  }
  return decoded(Uint8Array.from(bytes));
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return decodeUtf8(bytes);
  } catch (thrown) {
    if (thrown instanceof EngineError) return null;
    throw thrown;
  }
}
