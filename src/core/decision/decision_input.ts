/**
 * What a decision was made of, as it is kept: SPEC.md, section 9. Lists of pairs and not objects: a
 * file may be called `__proto__`.
 *
 * @module
 */
import type { CheckInput } from "./check_input.ts";
import { definitionsKey, keptShellKey } from "../operation/plan_effects.ts";
import type { Json, JsonObject } from "../operation/operation.ts";

/** Members of `metadata` that decide something; where no check is asked, others are not kept. */
export const decidingMetadata = [
  "url",
  "host",
  "changes",
  "complexity",
  "file_size",
  definitionsKey,
  keptShellKey,
] as const;

/**
 * What the disk said of a path. A number is the size of a plain file with one name; a word is its
 * kind; both lie where the text says. Anything else is written out, less what is usual.
 */
export type InputPath = number | string | {
  readonly kind?: string;
  readonly size?: number;
  readonly links?: number;
  readonly mounted?: true;
  readonly lexical?: string;
  readonly real?: string | null;
  readonly failure?: string;
};

/**
 * What lies below a folder: each item is how many leading names it shares with the one before, a
 * slash, and the rest. Null is too much to know.
 */
export type InputListing = readonly string[] | null;

/** The wire form. What is missing was not asked, is empty, or is as usual. */
export interface DecisionInput {
  /** Wire form, deciding parts only; missing where the entry's summary is all of it. */
  readonly operation?: JsonObject;
  readonly scope?: "protected_files";
  readonly unmeasured?: "unverified";
  /** A secret is covered somewhere but in `content`: another policy might speak of it. */
  readonly covered?: true;
  /** Missing where nothing was looked at: no policy was trusted. */
  readonly root?: string;
  /** The engine's own places that a path lies in, or that lie in a path. */
  readonly own?: readonly string[];
  readonly home?: string;
  /** Path as written, or its place among the operation's files; seen from the root. */
  readonly paths?: readonly (readonly [number | string, InputPath])[];
  /** The same, seen from the working folder. */
  readonly inside?: readonly (readonly [number | string, InputPath])[];
  /** A third member: it was told so often, and was too much to know from then on. */
  readonly below?: readonly (readonly [string, InputListing, number?])[];
  readonly names?: readonly (readonly [string, readonly string[] | null])[];
  readonly texts?: readonly (readonly [string, string | null])[];
  /** Protected files that git tracks; null when its index could not be read. */
  readonly tracked?: readonly string[] | null;
  readonly written?: readonly string[];
  readonly links?: readonly (readonly [string, {
    readonly others?: readonly string[];
    readonly is_whole?: false;
    readonly own?: string;
  }])[];
  /** What checks came to, in the order they were asked; SPEC.md, "Checks". */
  readonly checks?: readonly CheckInput[];
  /** There where the texts that were measured are not the ones that are kept. */
  readonly measures?: {
    readonly complexity: readonly [number | null, number | null, string | null];
    readonly changes: readonly [files: number, lines: number | null, total: number];
    readonly growth?: readonly (readonly [string, number])[];
    readonly content_bytes?: number;
  };
}

/** As JSON takes it. */
export function toJson(input: DecisionInput): JsonObject {
  return input as unknown as { readonly [key: string]: Json };
}
