/**
 * Policy text to Policy, all or nothing. Locations of semantic errors are filled in by locate.ts,
 * which one-shots load only on failure.
 *
 * @module
 */
import { closestString } from "@std/text/closest-string";
import { EngineError, oneLine } from "../errors.ts";
import { maxPolicyBytes } from "../limits.ts";
import type { Verb } from "../operation/effect.ts";
import type { Json } from "../operation/operation.ts";
import { type Glob, parseGlob, PatternError } from "../operation/glob.ts";
import { compilePatternSet } from "../operation/pattern_set.ts";
import { operationNames, parseProtectedOperation } from "./operation_names.ts";
import { parseNode } from "./parse_node.ts";
import { parseYaml } from "./parse_yaml.ts";
import type { Policy, ProtectedOperation } from "./policy.ts";
import { PolicyError } from "./policy_error.ts";
import { policySchema } from "./schema.ts";

export { PolicyError };

/**
 * Decodes a policy file.
 *
 * @returns The text unchanged: its bytes can be had back. A BOM stays, and parsePolicy refuses it.
 * @throws {EngineError} `policy_too_large`, or `policy_syntax` when the bytes are not UTF-8.
 */
export function decodePolicy(bytes: Uint8Array, file: string): string {
  checkSize(bytes.length, file);
  try {
    // SECURITY: a forgiving decoder reads two different files as the same text.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new EngineError("policy_syntax", `Cannot read ${oneLine(file)}: not UTF-8`, {
      hint: "save the file as UTF-8",
    });
  }
}

/**
 * Parses a policy. Pure; the same text gives the same policy.
 *
 * @param text At most maxPolicyBytes characters (decodePolicy has counted the bytes).
 * @param file For errors only.
 * @throws {PolicyError} `policy_invalid` or `feature_unavailable`, with the node's path and no
 *   location: see withLocation.
 * @throws {EngineError} `policy_syntax` with a location, or `policy_too_large`.
 * @see SPEC.md
 */
export function parsePolicy(text: string, file: string): Policy {
  checkSize(text.length, file);
  return compilePolicy(parseYaml(text, file));
}

/**
 * Makes a policy of plain values, as parseYaml returns them.
 *
 * @throws {PolicyError} As parsePolicy.
 */
export function compilePolicy(values: Json): Policy {
  const raw = parseNode(policySchema, values, []);
  const custom = raw.operations.custom;
  for (const name of custom.keys()) checkCustomName(name);
  const { enforcement, limits } = raw;
  return {
    version: raw.version,
    enforcement: {
      enabled: enforcement.enabled,
      failClosed: enforcement.fail_closed,
      mode: enforcement.mode,
      onUnverified: enforcement.on_unverified,
      default: enforcement.default,
    },
    limits: {
      maxComplexity: limits.max_complexity,
      maxFileSizeBytes: limits.max_file_size,
      maxChangesPerOperation: limits.max_changes_per_operation,
      maxFilesPerOperation: limits.max_files_per_operation,
    },
    protectedFiles: {
      patterns: raw.protected.files,
      set: compilePatternSet(raw.protected.files.map(parsePattern)),
    },
    protectedOperations: raw.protected.operations.map((name, index) =>
      parseOperationName(name, index, custom)
    ),
    customOperations: custom,
  };
}

function checkSize(size: number, file: string): void {
  if (size <= maxPolicyBytes) return;
  const message = `Cannot read ${
    oneLine(file)
  }: got ${size} bytes, wanted ${maxPolicyBytes} or less`;
  throw new EngineError("policy_too_large", message, { hint: "shorten the policy" });
}

function parsePattern(pattern: string, index: number): Glob {
  try {
    return parseGlob(pattern);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new PolicyError("policy_invalid", `Cannot use ${quote(pattern)}: ${error.message}`, {
      path: ["protected", "files", index],
      offsetInScalar: error.offset,
      hint: error.hint,
      cause: error,
    });
  }
}

function parseOperationName(
  name: string,
  index: number,
  custom: ReadonlyMap<string, readonly Verb[]>,
): ProtectedOperation {
  const known = parseProtectedOperation(name);
  if (known !== null) return known;
  if (custom.has(name)) return { name, verbs: [], types: [name] };
  const closest = closestString(fold(name), [...operationNames, ...custom.keys()]);
  throw new PolicyError("policy_invalid", `Cannot protect ${quote(name)}: no such operation`, {
    path: ["protected", "operations", index],
    hint: `the closest known name is ${quote(closest)}; names are lower case`,
  });
}

/** SECURITY: a custom `delete` would change what `delete` under protected.operations means. */
function checkCustomName(name: string): void {
  if (parseProtectedOperation(name) === null) return;
  throw new PolicyError(
    "policy_invalid",
    `Cannot define ${quote(name)}: it has a meaning already`,
    {
      path: ["operations", "custom", name],
      isKey: true,
      hint: "choose another name",
    },
  );
}

/** What somebody who wrote ` DELETE` probably meant; for the hint only. */
function fold(name: string): string {
  return name.normalize("NFKC").trim().toLowerCase();
}

function quote(text: string): string {
  return oneLine(JSON.stringify(text));
}
