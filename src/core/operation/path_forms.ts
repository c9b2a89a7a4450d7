/**
 * The spellings of one path that patterns are matched against. Each reading only adds forms: a
 * deny list must hit whichever way the path is read later. SPEC.md, section 3.
 *
 * @module
 */
import type { ResolvedPath } from "../ports.ts";
import { foldForMatching, isAscii, lowerCase } from "./fold_for_matching.ts";

/** Forms, each once, and how another system could leave the root by this path (else null). */
export interface PathForms {
  readonly forms: readonly string[];
  readonly misreading: string | null;
}

/** A path that may have more than one reading; all others take the short way. */
const unusual = /[\\%:;\u0080-\uffff]|[ .](?:\/|$)|(?:^|\/) /;

/**
 * Forms of the lexical and the kernel's answer, each relative to the root (no leading slash; the
 * root and what contains it are "", other places outside start with `../`) and absolute.
 */
export function pathForms({ lexical, real }: ResolvedPath, root: string): PathForms {
  if ((real === null || real === lexical) && !unusual.test(lexical)) {
    return {
      forms: [relativeTo(lexical, root).toLowerCase(), lexical.toLowerCase()],
      misreading: null,
    };
  }
  const forms = new Set<string>();
  let misreading: string | null = null;
  for (const answer of real === null || real === lexical ? [lexical] : [lexical, real]) {
    const relative = relativeTo(answer, root);
    misreading ??= addReadings(relative, forms);
    addReadings(answer, forms);
  }
  return { forms: [...forms], misreading };
}

/** True for the root and what lies in it; both absolute, folded, without trailing slash. */
export function isInside(absolute: string, root: string): boolean {
  if (!absolute.startsWith(root)) return false;
  // SECURITY: by whole names, so that /proj does not contain /proj-evil.
  return root === "/" || absolute.length === root.length || absolute[root.length] === "/";
}

function relativeTo(absolute: string, root: string): string {
  if (isInside(absolute, root)) return absolute.slice(root === "/" ? 1 : root.length + 1);
  if (isInside(root, absolute)) return "";
  const names = absolute.split("/");
  const rootNames = root.split("/");
  let shared = 0;
  while (names[shared] === rootNames[shared]) shared++;
  return "../".repeat(rootNames.length - shared) + names.slice(shared).join("/");
}

/** Adds every reading of one path; says which one climbs out where the plain one does not. */
function addReadings(path: string, forms: Set<string>): string | null {
  const isAbsolute = path.startsWith("/");
  let misreading: string | null = null;
  const add = (names: readonly string[]): void => {
    forms.add((isAbsolute ? "/" : "") + names.join("/"));
    if (names[0] === ".." && !path.startsWith("../")) {
      misreading = "its backslashes, blanks or percent escapes may lead out of the project";
    }
  };
  for (const text of decodings(path)) {
    if (text !== path && /\p{Cc}/u.test(text)) misreading = "a percent escape hides a control";
    for (const spelling of spellings(text)) {
      add(plainNames(spelling));
      if (!unusual.test(spelling)) continue;
      const names = foreignNames(spelling);
      add(names);
      add(withoutParents(names, isAbsolute));
    }
  }
  return misreading;
}

/** As written, then percent-decoded once and twice. */
function decodings(text: string): readonly string[] {
  if (!text.includes("%")) return [text];
  const once = decodePercent(text);
  return [text, once, decodePercent(once)];
}

function decodePercent(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run; // Not UTF-8: no text to match.
    }
  });
}

/** Folded, and for `?` and classes, which count characters, with only the case taken away. */
function spellings(text: string): readonly string[] {
  return isAscii(text) ? [text.toLowerCase()] : [foldForMatching(text), lowerCase(text)];
}

function plainNames(text: string): readonly string[] {
  return text.split("/").filter((name) => name !== "" && name !== ".");
}

/** Names as Windows or a URL layer reads them: no stream, parameter, outer blank or last dot. */
function foreignNames(text: string): readonly string[] {
  return text.split(/[\\/]/).map(foreignName).filter((name) => name !== "" && name !== ".");
}

function foreignName(name: string): string {
  const cut = name.replace(/[:;].*$/su, "").trim();
  const end = lastIndexOfOther(cut, ". ") + 1;
  return end === 0 ? cut.startsWith("..") ? ".." : "" : cut.slice(0, end);
}

/** Index of the last character that is none of `characters`; no regular expression: linear. */
function lastIndexOfOther(text: string, characters: string): number {
  let i = text.length - 1;
  while (i >= 0 && characters.includes(text.charAt(i))) i--;
  return i;
}

function withoutParents(names: readonly string[], isAbsolute: boolean): readonly string[] {
  const kept: string[] = [];
  for (const name of names) {
    if (name !== "..") kept.push(name);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!isAbsolute) kept.push(name);
  }
  return kept;
}
