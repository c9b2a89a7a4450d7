/**
 * What changed among the protected files since they were recorded, and whether a decision explains
 * it. audit/SPEC.md, "Protected files".
 *
 * @module
 */
import { pathKey } from "../audit/outcome_key.ts";
import type { WatchRecord } from "../audit/outcome_state.ts";
import type { SignedPolicy } from "../audit/signed_state.ts";
import type { EngineState } from "../audit/state.ts";
import type { Sha256 } from "../ports.ts";
import { manifestFile, signatureFile } from "./manifest.ts";
import type { WatchList } from "./watch_list.ts";

/** The protected files now. */
export interface Sighting {
  readonly files: WatchList["files"];
  /** Paths of `files` in places that every look goes to: one that is new there is new. */
  readonly near: ReadonlySet<string>;
  /** Every place was looked at, now. */
  readonly isWhole: boolean;
}

/** One file that is not what it was. */
export interface WatchChange {
  /** Relative to the root. */
  readonly path: string;
  readonly what: "added" | "changed" | "removed";
}

/** What counts when a change is judged. */
export interface WatchRules {
  /** Whether a path relative to the root is protected now. */
  readonly isWanted: (path: string) => boolean;
  /** The patterns are those of the last record. */
  readonly isSamePolicy: boolean;
  /** Whether the built-in patterns, which never change, protect a path. */
  readonly isBuiltin: (path: string) => boolean;
}

/** Changes since `before`, sorted by path. What only the patterns brought or took is none. */
export function compareWatch(
  before: WatchList & { readonly isWhole: boolean },
  now: Sighting,
  rules: WatchRules,
): readonly WatchChange[] {
  const changes: WatchChange[] = [];
  for (const [path, stamp] of before.files) {
    const other = now.files.get(path);
    if (other === undefined && rules.isWanted(path)) changes.push({ path, what: "removed" });
    if (other !== undefined && other !== stamp) changes.push({ path, what: "changed" });
  }
  for (const path of now.files.keys()) {
    if (before.files.has(path)) continue;
    const wasCut = before.cutAt !== null && path >= before.cutAt;
    const wasSeen = !wasCut && (before.isWhole || now.near.has(path));
    const wasProtected = rules.isSamePolicy || rules.isBuiltin(path);
    if (wasSeen && wasProtected) changes.push({ path, what: "added" });
  }
  return changes.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** Paths relative to the root that the caller itself has just changed for a human. */
export type OwnChanges = readonly string[];

/** Whether a decision, a human's acceptance or the caller itself stands behind a change. */
export function isExplained(
  path: string,
  { touched, accepted, signed, watched }: EngineState,
  { own, sha256 }: { readonly own: OwnChanges; readonly sha256: Sha256 },
): boolean {
  const isAccepted = (accepted?.seq ?? -1) > (watched?.seq ?? -1) &&
    accepted?.inputs.some((input) => input.path === path) === true;
  if (isAccepted || isSigned(path, signed, watched) || own.includes(path)) return true;
  const keys = new Set(touched.filter((one) => !one.is_asked).map((one) => one.path));
  return keys.size > 0 && withFolders(path).some((each) => keys.has(pathKey(each, sha256)));
}

/** What comes with a signed policy and is no input: the pair itself, and the tests it covers. */
function isSigned(path: string, signed: SignedPolicy | null, watched: WatchRecord | null): boolean {
  const isPart = path === manifestFile || path === signatureFile ||
    path.startsWith(".scalpel/tests/");
  return isPart && (signed?.seq ?? -1) > (watched?.seq ?? -1);
}

/** The path and the folders above it: an effect on a folder is one on all that is in it. */
function withFolders(path: string): readonly string[] {
  const names = path.split("/");
  return names.map((_, index) => names.slice(0, index + 1).join("/"));
}
