/**
 * Everything that decides what a check says, as a name.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { canonicalize } from "@std/json/canonicalize";
import { sha256 } from "../integrity/sha256.ts";
import type { CheckSpec } from "./check_spec.ts";

const known = new WeakMap<CheckSpec, string>();

/** 32 hex digits: two checks that have the same say the same of the same request. */
export function checkMeaning(check: CheckSpec): string {
  const found = known.get(check);
  if (found !== undefined) return found;
  const { id, sha256: module, abi, entrypoint, result, settings, limits } = check;
  const data = check.data?.sha256 ?? null;
  const text = canonicalize({
    ...{ abi, data, entrypoint, id, module, result, settings },
    limits: { ...limits },
  });
  const meaning = encodeHex(sha256(new TextEncoder().encode(text))).slice(0, 32);
  known.set(check, meaning);
  return meaning;
}
