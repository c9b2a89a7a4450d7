/**
 * A list of file patterns of a policy, compiled.
 *
 * @module
 */
import { oneLine } from "../errors.ts";
import { type Glob, parseGlob, PatternError } from "../operation/glob.ts";
import { compilePatternSet } from "../operation/pattern_set.ts";
import type { FilePatterns } from "./policy.ts";
import { type NodePath, PolicyError } from "./policy_error.ts";

/**
 * Compiles every pattern of the list at `path`.
 *
 * @throws {PolicyError} `policy_invalid` at the first pattern outside the dialect.
 */
export function compilePatterns(patterns: readonly string[], path: NodePath): FilePatterns {
  const globs = patterns.map((pattern, index) => parsePattern(pattern, [...path, index]));
  return { patterns, set: compilePatternSet(globs) };
}

function parsePattern(pattern: string, path: NodePath): Glob {
  try {
    return parseGlob(pattern);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    const quoted = oneLine(JSON.stringify(pattern));
    throw new PolicyError("policy_invalid", `Cannot use ${quoted}: ${error.message}`, {
      path,
      offsetInScalar: error.offset,
      hint: error.hint,
      cause: error,
    });
  }
}
