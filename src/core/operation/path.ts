/**
 * Paths as operations write them: which spellings are refused, and what a decision sees of the
 * others. Nothing here looks at a disk; a path is never expanded.
 *
 * @module
 */
import { EngineError, oneLine } from "../errors.ts";
import { maxNameBytes, maxPathCharacters } from "../limits.ts";
import type { ResolvedPath } from "../ports.ts";
import { unreadableCharacter } from "./fold_for_matching.ts";
import { isInside, pathForms } from "./path_forms.ts";

/** What the disk says of a path, and what patterns and rules are matched against. */
export interface PathView extends ResolvedPath {
  /**
   * The lexical and the kernel's answer both lie in the root and on its file system; false when
   * resolution failed.
   */
  readonly insideRoot: boolean;
  /** Folded spellings that patterns are matched against, each once. SPEC.md, section 3. */
  readonly forms: readonly string[];
  /** Why a shell, a URL layer or another system may read another path here, else null. */
  readonly suspicious: string | null;
}

/** Spellings that are refused whatever the disk says; SPEC.md, section 1, has the list. */
const refusals: readonly { readonly shape: RegExp; readonly got: string }[] = [
  { shape: /^\s*$/, got: "nothing" },
  { shape: unreadableCharacter, got: "a control, invisible or broken character" },
  { shape: /^[\\/]{2}/, got: "a network or device path" },
  { shape: /^[A-Za-z]:/, got: "a drive letter" },
  { shape: /^file:/i, got: "a URL" },
  // SECURITY: overlong UTF-8 is how `/` and `.` hide from decoders that do not check.
  { shape: /%c[01]%[89ab]|%e0%[89]|%f0%8/i, got: "an overlong percent escape" },
  {
    shape:
      /(?:^|[\\/]) *(?:con|prn|aux|nul|con(?:in|out)\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3]) *(?:[.:\\/]|$)/i,
    got: "a device name of Windows",
  },
  {
    shape: /(?:^|[\\/])[^\\/.~]{1,6}~[1-9][0-9]*(?:\.[^\\/.]{1,3})?(?:[\\/]|$)/,
    got: "a short name of Windows, which may stand for any long one",
  },
];

/**
 * Refuses spellings that name no file, or another one on another system; returns the rest as is.
 *
 * @throws {EngineError} `operation_invalid`
 * @see SPEC.md, section 1
 */
export function parsePath(written: string): string {
  const got = findRefusal(written);
  if (got !== null) refuse(written, got);
  return written;
}

/** Whether parsePath would take it. No error is made for it: a tool's input may hold very many texts. */
export function isPath(written: string): boolean {
  return findRefusal(written) === null;
}

function findRefusal(written: string): string | null {
  if (written.length > maxPathCharacters) return `${written.length} characters`;
  for (const { shape, got } of refusals) if (shape.test(written)) return got;
  // A UTF-16 unit takes at most three bytes, so that a short path needs no look at its names.
  return written.length * 3 > maxNameBytes ? findLongName(written) : null;
}

function findLongName(written: string): string | null {
  const encoder = new TextEncoder();
  for (const name of written.split("/")) {
    const bytes = name.length * 3 > maxNameBytes ? encoder.encode(name).length : 0;
    if (bytes > maxNameBytes) return `a name of ${bytes} bytes`;
  }
  return null;
}

function refuse(written: string, got: string): never {
  throw new EngineError(
    "operation_invalid",
    `Cannot use path "${oneLine(written, 80)}": got ${got}, wanted a plain path`,
    {
      hint: `Write it relative to the project root; at most ${maxPathCharacters} characters, ` +
        `${maxNameBytes} bytes a name`,
    },
  );
}

/**
 * Adds to a resolved path what matching needs.
 *
 * @param root Absolute real path of the project root, without trailing slash (`/` is itself).
 */
export function viewPath(resolved: ResolvedPath, root: string): PathView {
  const { lexical, real } = resolved;
  const { forms, misreading } = pathForms(resolved, root);
  return {
    written: resolved.written,
    lexical,
    real,
    kind: resolved.kind,
    sizeBytes: resolved.sizeBytes,
    linkCount: resolved.linkCount,
    identity: resolved.identity,
    failure: resolved.failure,
    ...(resolved.isMounted === true ? { isMounted: true } : {}),
    insideRoot: real !== null && isInside(lexical, root) && resolved.isMounted !== true &&
      (real === lexical || isInside(real, root)),
    forms,
    suspicious: findExpansion(resolved) ?? misreading,
  };
}

const expanded = /^[~\\]|\$[{(]|`|%[A-Za-z_]\w{2,}%/;

/** Text a shell would replace; engine and asker would then mean different files. */
function findExpansion({ written, kind }: ResolvedPath): string | null {
  const found = expanded.exec(written)?.[0];
  if (found === "~") return "a leading ~ is a home folder to a shell";
  if (found === "\\") return "a leading backslash is the root of a drive on Windows";
  if (found !== undefined) return `${found.slice(0, 2)} starts a variable or command in a shell`;
  // A file called `$id.ts` is common; one that does not exist is more likely a variable.
  const isThere = kind === "file" || kind === "directory" || kind === "other";
  return !isThere && /^\$\w/.test(written) ? "a leading $NAME is a variable to a shell" : null;
}
