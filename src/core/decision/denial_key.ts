/**
 * What is remembered of a denied effect: a letter for its verb and a number for its resource, after
 * a `!` where no approval lifts the denial. SPEC.md, "Denial memory".
 *
 * @module
 */
import type { Effect, Verb } from "../operation/effect.ts";
import { foldForMatching } from "../operation/fold_for_matching.ts";
import type { PathView } from "../operation/path.ts";

const letters: Readonly<Record<Verb, string>> = {
  read: "r",
  write: "w",
  create: "c",
  delete: "d",
  link: "l",
  chmod: "m",
  chown: "o",
  execute: "x",
  call: "t",
  connect: "n",
};

const verbsByLetter: ReadonlyMap<string, Verb> = new Map(
  Object.entries(letters).map(([verb, letter]) => [letter, verb as Verb]),
);

/** A remembered effect. */
export interface DeniedEffect {
  readonly verb: Verb;
  readonly mark: number;
  /** No approval lifts it. */
  readonly isHard: boolean;
}

/** 14 characters at most: letter and 12 hex digits. */
export function encodeDenialKey({ verb, mark, isHard }: DeniedEffect): string {
  return `${isHard ? "!" : ""}${letters[verb]}${mark.toString(16).padStart(12, "0")}`;
}

/** Null for what this version does not know. */
export function parseDenialKey(key: string): DeniedEffect | null {
  const isHard = key.startsWith("!");
  const start = isHard ? 1 : 0;
  const verb = verbsByLetter.get(key.charAt(start));
  const mark = parseInt(key.slice(start + 1), 16);
  return verb === undefined || Number.isNaN(mark) ? null : { verb, mark, isHard };
}

/** One for each way of reading the path: two paths with one in common are one thing. */
export function pathMarks({ forms }: PathView): readonly number[] {
  return forms.filter((form) => form.startsWith("/")).map(markOf);
}

/** Of a tool, program or host, by its folded name; none where nobody knows it. */
export function nameMarks({ kind, resource }: Effect): readonly number[] {
  return resource === "*" ? [] : [markOf(`${kind}:${foldForMatching(resource)}`)];
}

/** Of the whole words of a program that is run. */
export function callMark(words: string): number {
  return markOf(`call:${words}`);
}

/**
 * 48 bits, by the steps of FNV-1a in two lanes. Fast, and no secret: two names with one number make
 * a thing count as denied that was not, never the other way.
 */
function markOf(text: string): number {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit ^ (low >>> 15), 0x85ebca6b);
  }
  return (low >>> 0) * 0x10000 + ((high ^ (high >>> 13)) >>> 16);
}
