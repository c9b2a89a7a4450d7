/**
 * Which files an operation that is not denied would write: a script among them is not what people of
 * the project wrote when it is run later. operation/shell/SPEC.md, "Scripts".
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import type { Effect, Verb } from "../operation/effect.ts";
import type { Sha256 } from "../ports.ts";
import type { Judgement } from "./decision.ts";
import type { Facts } from "./facts.ts";

/** Keys an entry holds; more files are `anyFile`: then every script counts as written. */
const maxWrites = 32;

/** Stands for files that were too many to name. */
export const anyFile = "*";

const writing: ReadonlySet<Verb> = new Set(["write", "create", "link", "chmod"]);

/** Keys of the files, each once. */
export function writtenPaths(
  { verdict }: Judgement,
  effects: readonly Effect[],
  { paths }: Facts,
  sha256: Sha256,
): readonly string[] {
  if (verdict === "deny") return [];
  const found = new Set<string>();
  for (const { kind, verb, resource, isPossible } of effects) {
    const view = paths.get(resource)?.view;
    if (kind !== "path" || isPossible === true || !writing.has(verb) || view === undefined) {
      continue;
    }
    found.add(writtenKey(view.real ?? view.lexical, sha256));
  }
  return found.size > maxWrites ? [anyFile] : [...found];
}

/** Whether a file, or a folder it lies in, is among the written ones. */
export function isWritten(
  path: string,
  written: ReadonlySet<string>,
  sha256: Sha256,
): boolean {
  if (written.size === 0) return false;
  if (written.has(anyFile)) return true;
  for (let part = path; part !== ""; part = part.slice(0, part.lastIndexOf("/"))) {
    if (written.has(writtenKey(part, sha256))) return true;
  }
  return false;
}

/** 8 hex digits: a collision makes a script count as written, never the other way. */
function writtenKey(path: string, sha256: Sha256): string {
  return encodeHex(sha256(new TextEncoder().encode(path))).slice(0, 8);
}
