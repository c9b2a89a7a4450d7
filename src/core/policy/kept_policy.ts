/**
 * What is kept of a policy when it is accepted: its plain values as both parsers read them, and
 * where each stands in the text. Reading this JSON spares deciding both YAML readers.
 *
 * @module
 */
import { canonicalize } from "@std/json/canonicalize";
import { EngineError } from "../errors.ts";
import { checksPrefix, type PolicySnapshot, textFiles } from "../integrity/policy_snapshot.ts";
import type { Json } from "../operation/operation.ts";
import { parseStrictJson } from "../strict_json.ts";
import { compilePolicy } from "./compile_policy.ts";
import type { Policy } from "./policy.ts";

export interface LoadedPolicy {
  readonly digest: string;
  readonly policy: Policy;
  /** Line and column of every node by dotted path, e.g. `protected.files.2`. */
  readonly positions: ReadonlyMap<string, PolicyPosition>;
}

/** Both count from 1. */
export interface PolicyPosition {
  readonly line: number;
  readonly column: number;
  /** Left out: the policy file itself. */
  readonly file?: string;
}

/** A later version that keeps something else counts on from here. */
const format = 1;

/** Canonical JSON (RFC 8785) of values and positions. */
export function encodeKeptPolicy(values: Json, positions: LoadedPolicy["positions"]): string {
  const places = [...positions].map(([path, { line, column, file }]) =>
    file === undefined ? [path, line, column] : [path, line, column, file]
  );
  return canonicalize({ format, positions: places, values });
}

/**
 * The policy of a kept form; null when another version kept it: then the text must be read.
 *
 * @param text Checked by the caller against the hash in the log.
 * @throws {EngineError} `policy_invalid` when this version reads the values differently.
 */
export function parseKeptPolicy(text: string, snapshot: PolicySnapshot): LoadedPolicy | null {
  refuseOtherInputs(snapshot);
  const kept = parseStrictJson(text, { code: "policy_invalid" }) as unknown as {
    readonly format: number;
    readonly positions: readonly (readonly [string, number, number, string?])[];
    readonly values: Json;
  };
  if (kept.format !== format) return null;
  return {
    digest: snapshot.digest,
    policy: compilePolicy(kept.values),
    positions: new Map(kept.positions.map(([path, line, column, file]) => [
      path,
      { line, column, ...(file === undefined ? {} : { file }) },
    ])),
  };
}

/** @throws {EngineError} `feature_unavailable` for inputs this version cannot honour. */
export function refuseOtherInputs({ inputs }: PolicySnapshot): void {
  for (const { path } of inputs) {
    if (textFiles.includes(path) || path.startsWith(checksPrefix)) continue;
    throw new EngineError("feature_unavailable", `Cannot honour "${path}" in this version`, {
      hint: "remove it: a policy input is never ignored",
    });
  }
}
