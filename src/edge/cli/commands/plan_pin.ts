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
import { usageError } from "../usage_error.ts";
import { snake } from "./check_flags.ts";
import { appendPin, type PinnedKeys, replaceHash } from "./pin_lines.ts";

export interface PinWish {
  readonly keys: PinnedKeys;
  /** Names of the flags that were given. */
  readonly said: readonly string[];
}

/**
 * A check of that id gets the new hash, where nothing else about it changes; else there is one more.
 *
 * INVARIANT: both texts are parsed, and differ in that alone. What a text editor cannot do surely it
 * leaves to a person.
 *
 * @throws {EngineError} `policy_invalid` where it would, or the policy is invalid already; `usage`
 *   where a flag says something else of a check that is there.
 */
export async function planPin(
  host: Pick<Host, "readPolicyFile">,
  path: string,
  { keys, said }: PinWish,
): Promise<{ readonly before: string; readonly after: string }> {
  const { parsePolicy } = await import("../../../core/policy/parse_policy.ts");
  const { parseYaml } = await import("../../../core/policy/parse_yaml.ts");
  const { policyPositions } = await import("../../../core/policy/locate.ts");
  const { compareParsers } = await import("../../../core/policy/second_parser.ts");
  const before = decodeUtf8(host.readPolicyFile(path), "policy_syntax");
  const { checks } = parsePolicy(before, policyFile);
  const at = checks.findIndex(({ id }) => id === keys.id);
  const known = checks[at];
  if (known !== undefined) refuseOtherChanges(known, keys, said);
  if (known?.sha256 === keys.sha256 && isSameBut(known, keys)) return { before, after: before };
  const line = policyPositions(before).get(`checks.${at}.sha256`)?.line ?? 0;
  const after = known === undefined
    ? appendPin(before, keys)
    : isSameBut(known, keys)
    ? replaceHash(before, { line, from: known.sha256, to: keys.sha256 })
    : null;
  if (after === null) throw cannotEdit(known, before);
  parsePolicy(after, policyFile);
  const isClean = compareParsers(after, policyFile) === null;
  const wanted = withPin(parseYaml(before, policyFile), at, keys);
  const isWanted = canonicalize(parseYaml(after, policyFile)) === canonicalize(wanted);
  if (!isClean || !isWanted) throw cannotEdit(known, before);
  return { before, after };
}

function isSameBut({ file, abi }: CheckSpec, keys: PinnedKeys): boolean {
  return file === `${checksPrefix}${keys.file}` && abi === keys.abi;
}

/** Whoever gives a flag that nobody obeys would believe otherwise. */
function refuseOtherChanges(known: CheckSpec, keys: PinnedKeys, said: readonly string[]): void {
  const { data, limits } = known;
  const isSame: Readonly<Record<string, () => boolean>> = {
    entrypoint: () => known.entrypoint === keys.entrypoint,
    result: () => known.result === (keys.result ?? "violations"),
    isolation: () => known.isolation === (keys.isolation ?? "process"),
    settings: () => canonicalize(known.settings) === canonicalize(parse(keys.settings)),
    data: () =>
      data?.file === `${checksPrefix}${keys.data?.file}` && data.sha256 === keys.data?.sha256,
    limit: () => {
      const old = new Map(Object.entries(limits).map(([name, value]) => [snake(name), value]));
      return keys.limits.every(([name, value]) => old.get(name) === value);
    },
  };
  const others = said.filter((name) => isSame[name]?.() === false).map((name) => `--${name}`);
  if (others.length === 0) return;
  throw usageError(
    `Cannot use ${others.join(", ")}: the policy has the check ${known.id}, and says otherwise`,
    "only the hash is changed here: edit limits and other keys by hand",
  );
}

const parse = (settings: string | null): Json =>
  settings === null ? {} : JSON.parse(settings) as Json;

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

function cannotEdit(known: CheckSpec | undefined, text: string): EngineError {
  const why = known === undefined
    ? `its \`checks:\` ${formOf(text)}, a form that is not edited here`
    : `the check ${known.id} has another file or abi, or its hash stands in another form`;
  return new EngineError("policy_invalid", `Cannot write into the policy: ${why}`, {
    hint: "leave --write out, and put the printed lines in yourself",
  });
}

/** Why a list of lines could not be made longer. */
function formOf(text: string): string {
  if (/^checks[ \t]*:[ \t]*\[[ \t]*\]/m.test(text)) return "is an empty list `[]`";
  if (/^checks[ \t]*:[ \t]*\[/m.test(text)) return "is a list in brackets";
  if (/^["']checks["']/m.test(text)) return "is a key in quotes";
  return text.includes("\r\n") ? "stands in lines that end by CRLF" : "is no plain list of lines";
}
