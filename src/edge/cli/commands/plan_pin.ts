/**
 * A policy's text before and after a check is pinned in it.
 *
 * @module
 */
import { canonicalize } from "@std/json/canonicalize";
import { EngineError } from "../../../core/errors.ts";
import { checksPrefix, policyFile } from "../../../core/integrity/policy_snapshot.ts";
import type { CheckSpec } from "../../../core/check/check_spec.ts";
import { decodeUtf8 } from "../../../core/strict_json.ts";
import type { Json, JsonObject } from "../../../core/operation/operation.ts";
import { isJsonObject } from "../../../core/operation/parse_field.ts";
import type { Host } from "../host.ts";
import { appendPin, type PinnedKeys, replaceHash } from "./pin_lines.ts";

/**
 * A check of that id gets the new hash, where nothing else about it changes; else there is one more.
 *
 * INVARIANT: both texts are parsed, and differ in that alone. What a text editor cannot do surely it
 * leaves to a person.
 *
 * @throws {EngineError} `policy_invalid` where it would, or the policy is invalid already.
 */
export async function planPin(
  host: Pick<Host, "readPolicyFile">,
  path: string,
  keys: PinnedKeys,
): Promise<{ readonly before: string; readonly after: string }> {
  const { parsePolicy } = await import("../../../core/policy/parse_policy.ts");
  const { parseYaml } = await import("../../../core/policy/parse_yaml.ts");
  const { policyPositions } = await import("../../../core/policy/locate.ts");
  const { compareParsers } = await import("../../../core/policy/second_parser.ts");
  const before = decodeUtf8(host.readPolicyFile(path), "policy_syntax");
  const { checks } = parsePolicy(before, policyFile);
  const at = checks.findIndex(({ id }) => id === keys.id);
  const known = checks[at];
  if (known !== undefined && known.sha256 === keys.sha256) return { before, after: before };
  const line = policyPositions(before).get(`checks.${at}.sha256`)?.line ?? 0;
  const after = known === undefined
    ? appendPin(before, keys)
    : isSameBut(known, keys)
    ? replaceHash(before, { line, from: known.sha256, to: keys.sha256 })
    : null;
  if (after === null) throw cannotEdit(known);
  parsePolicy(after, policyFile);
  const isClean = compareParsers(after, policyFile) === null;
  const wanted = withPin(parseYaml(before, policyFile), at, keys);
  const isWanted = canonicalize(parseYaml(after, policyFile)) === canonicalize(wanted);
  if (!isClean || !isWanted) throw cannotEdit(known);
  return { before, after };
}

function isSameBut({ file, abi }: CheckSpec, keys: PinnedKeys): boolean {
  return file === `${checksPrefix}${keys.file}` && abi === keys.abi;
}

/** What the text must mean afterwards. */
function withPin(policy: Json, at: number, keys: PinnedKeys): Json {
  const old = isJsonObject(policy) ? policy : {};
  const checks = Array.isArray(old["checks"]) ? old["checks"] : [];
  if (at < 0) return { ...old, checks: [...checks, itemOf(keys)] };
  const replaced = checks.map((check, index) =>
    index === at && isJsonObject(check) ? { ...check, sha256: keys.sha256 } : check
  );
  return { ...old, checks: replaced };
}

function itemOf({ settings, limits, ...keys }: PinnedKeys): JsonObject {
  const given = Object.entries(keys).filter(([, value]) => value !== null);
  return {
    ...Object.fromEntries(given) as JsonObject,
    ...(settings === null ? {} : { settings: JSON.parse(settings) as Json }),
    ...(limits.length === 0 ? {} : { limits: Object.fromEntries(limits) }),
  };
}

function cannotEdit(known: CheckSpec | undefined): EngineError {
  const why = known === undefined
    ? "its `checks:` is written in a form that is not edited here"
    : `the check ${known.id} has another file or abi, or its hash stands in another form`;
  return new EngineError("policy_invalid", `Cannot write into the policy: ${why}`, {
    hint: "leave --write out, and put the printed lines in yourself",
  });
}
