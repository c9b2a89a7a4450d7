/**
 * A name for what a condition means, so that what the log counted of it outlives edits of the policy
 * that leave its meaning alone, and nothing else does.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { sha256 } from "../integrity/sha256.ts";
import type { Condition } from "./policy.ts";

/**
 * 8 hex digits: names of one policy are told apart by parsePolicy, and whoever writes policies gains
 * nothing by two that are the same.
 *
 * @param kind What else the meaning depends on.
 */
export function meaningId(condition: Condition, kind: string): string {
  const { types, verbs, files, commands, tools, principals } = condition;
  const patterns = commands?.map(({ pattern }) => pattern) ?? null;
  const lists = [types, verbs, files?.patterns ?? null, patterns, tools, principals];
  // Law D3: the order in a list does not matter, nor that something stands there twice.
  const sorted = lists.map((list) => list === null ? null : [...new Set<string>(list)].sort());
  const text = JSON.stringify([kind, ...sorted]);
  return encodeHex(sha256(new TextEncoder().encode(text))).slice(0, 8);
}
