/**
 * The policy inputs of one moment: what was hashed is what gets parsed.
 *
 * @module
 */
import type { PolicyInput } from "../audit/state.ts";
import type { ManifestFile } from "./manifest.ts";
import type { PolicyMarks } from "./policy_marks.ts";

/** Every input of one install, read once. */
export interface PolicySnapshot {
  /** `sha256:<hex>` over the sorted list of (path, SHA-256); see policy_digest.ts. */
  readonly digest: string;
  readonly inputs: readonly PolicyInput[];
  /** Bytes by path relative to the root, e.g. `.scalpel/policy.yaml`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** How the inputs lay on the disk when they were read; absent where nobody looked. */
  readonly marks?: PolicyMarks;
  /** Where a signature counts; absent where nobody asked for it. */
  readonly signed?: SignedFiles;
}

/** What a signature is about, read in the same moment. */
export interface SignedFiles {
  /** Null where there is none. */
  readonly manifest: SignedFile | null;
  readonly signature: SignedFile | null;
  /** Inputs and tests, sorted by path: what a manifest must list, no more and no less. */
  readonly covered: readonly ManifestFile[];
  /** Over `covered`; see policyDigest. */
  readonly digest: string;
}

export interface SignedFile {
  readonly bytes: Uint8Array;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
}

/** Where the policy itself stands in `files`. */
export const policyFile = ".scalpel/policy.yaml";
/** Where `budgets` may stand instead. */
export const budgetFile = ".scalpel/budget.yaml";
/** Where `overrides` may stand instead. */
export const overrideFile = ".scalpel/overrides.yaml";
/** Where the files of checks lie, their data among them. */
export const checksPrefix = ".scalpel/checks/";
/** Inputs that are policy text; all others are checks. */
export const textFiles: readonly string[] = [policyFile, budgetFile, overrideFile];
