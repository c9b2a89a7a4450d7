/**
 * Whether one pattern says nothing that another does not say. For people who look after a policy;
 * no decision depends on it.
 *
 * @module
 */
import type { Glob, NamePattern, Token } from "./glob.ts";
import { compileNameMatcher } from "./name_matcher.ts";

/**
 * True only when `narrow` can be left out beside `wide`: every form it matches is matched by
 * `wide`, and so is every folder it guards for what could come to lie below. Never true by guess;
 * false where it would take more to prove. `config/x.env` is not covered by `*.env`: it guards the
 * folder `config` too, while there is no such file.
 *
 * @see SPEC.md, sections 2 and 3
 */
export function coversGlob(wide: Glob, narrow: Glob): boolean {
  if (narrow.isRelative && !wide.isRelative) return false;
  if (narrow.isAbsolute && !wide.isAbsolute) return false;
  if (guardsNothingBelow(narrow)) return coversNames(wide.names, narrow.names);
  // Name by name, `**` at the same places: then both guard the same folders on the way.
  return wide.names.length <= narrow.names.length &&
    wide.names.every((name, index) => {
      const other = narrow.names[index];
      return other !== undefined &&
        (name.kind === "deep" || other.kind === "deep"
          ? name.kind === other.kind
          : coversName(name, other));
    });
}

/** One name after the last `**`: no folder is on the way to it. */
function guardsNothingBelow({ names }: Glob): boolean {
  const last = names.findLastIndex((name) => name.kind === "deep");
  return last !== -1 && names.length - last <= 2;
}

/** Every path below `narrow` lies below `wide`: simulation, name by name. */
function coversNames(wide: readonly NamePattern[], narrow: readonly NamePattern[]): boolean {
  return simulate(wide.length, narrow.length, {
    isLoop: (at) => wide[at]?.kind === "deep",
    covers: (at, other) => {
      const [left, right] = [wide[at], narrow[other]];
      return left !== undefined && right !== undefined && right.kind !== "deep" &&
        coversName(left, right);
    },
    mayEndEarly: true,
  });
}

function coversName(wide: NamePattern, narrow: NamePattern): boolean {
  const [left, right] = [tokensOf(wide), tokensOf(narrow)];
  return simulate(left.length, right.length, {
    isLoop: (at) => left[at] === "star",
    covers: (at, other) => coversToken(left[at], right[other]),
    mayEndEarly: false,
  });
}

function tokensOf(name: NamePattern): readonly Token[] {
  if (name.kind === "deep") return ["star"];
  if (name.kind === "wild") return starsLast(name.tokens);
  return [...name.text].map((character) => character.codePointAt(0) ?? 0);
}

/** `*?` and `?*` are the same: in each run the stars become one, behind all question marks. */
function starsLast(tokens: readonly Token[]): readonly Token[] {
  const sorted: Token[] = [];
  let hasStar = false;
  for (const token of tokens) {
    if (token === "star") hasStar = true;
    else {
      if (hasStar && token !== "any") sorted.push("star");
      if (token !== "any") hasStar = false;
      sorted.push(token);
    }
  }
  return hasStar ? [...sorted, "star"] : sorted;
}

function coversToken(wide: Token | undefined, narrow: Token | undefined): boolean {
  if (wide === undefined || narrow === undefined || narrow === "star") return false;
  if (wide === "any") return true;
  if (wide === "star" || narrow === "any") return false;
  if (typeof wide === "number") return wide === narrow;
  if (typeof narrow !== "number") return JSON.stringify(wide) === JSON.stringify(narrow);
  return compileNameMatcher([[wide]])(String.fromCodePoint(narrow)).length > 0;
}

interface Simulation {
  /** The wide step may take any number of narrow ones. */
  readonly isLoop: (wide: number) => boolean;
  readonly covers: (wide: number, narrow: number) => boolean;
  /** What is left of the narrow side is covered once the wide side is done. */
  readonly mayEndEarly: boolean;
}

/** Whether the wide steps can follow whatever the narrow ones do. Time: product of the lengths. */
function simulate(wideLength: number, narrowLength: number, simulation: Simulation): boolean {
  const { isLoop, covers, mayEndEarly } = simulation;
  // can[j]: the wide steps from `i` on can follow the narrow ones from `j` on.
  let can = Array.from({ length: narrowLength + 1 }, (_, j) => mayEndEarly || j === narrowLength);
  for (let i = wideLength - 1; i >= 0; i--) {
    const next = can;
    can = [];
    for (let j = narrowLength; j >= 0; j--) {
      can[j] = isLoop(i)
        ? next[j] === true || (j < narrowLength && can[j + 1] === true)
        : j < narrowLength && covers(i, j) && next[j + 1] === true;
    }
  }
  return can[0] === true;
}
