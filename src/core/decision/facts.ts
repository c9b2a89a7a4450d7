/**
 * What is known about an operation when it is decided, gathered before and passed in as values.
 *
 * @module
 */
import type { ComplexityMeasure } from "../operation/complexity.ts";
import type { ChangeCount } from "../operation/count_changes.ts";
import type { PathView } from "../operation/path.ts";

/** What the disk says about one path an effect names. */
export interface PathFact {
  readonly view: PathView;
  /** The engine's own place this path lies in, or that lies in this folder; else null. */
  readonly ownPlace: { readonly path: string; readonly isBelow: boolean } | null;
  /** Size of the regular file there; null when there is none. */
  readonly sizeBytes: number | null;
  /** A folder is there, or what the operation puts there may be one. */
  readonly isFolder: boolean;
  /**
   * What lies below the folder and what would come to lie there, as far as it is known. Empty where
   * there is none, it holds the root, or it is only read and nothing of the policy forbids that.
   */
  readonly below: readonly PathView[];
  /** Whether `below` is all of it: false when it is too much to know, or cannot be listed. */
  readonly isBelowWhole: boolean;
  /** Root-relative path of the engine's own file that shares this one's inode, else null. */
  readonly hardLinkOf: string | null;
}

/** Facts of one operation. */
export interface Facts {
  /** Absolute real path of the project root, without trailing slash. */
  readonly root: string;
  /** By `effect.resource`, for every effect of kind `path`. */
  readonly paths: ReadonlyMap<string, PathFact>;
  readonly complexity: ComplexityMeasure;
  readonly changes: ChangeCount;
  /** Bytes each file of `diff` grows by, negative when it shrinks; by absolute real path. */
  readonly growthBytes: ReadonlyMap<string, number>;
  /** UTF-8 bytes of `content`; null when the operation carries none. */
  readonly contentBytes: number | null;
}
