/**
 * One name against a glob of the shell (POSIX 2.14.1: `*`, `?`, bracket expressions). Linear in the
 * name for each star, and never recursive: patterns come from whoever writes the command.
 *
 * @module
 */

/** One element of a pattern; `null` matches any character. */
type Step = { readonly isStar: true } | { readonly isStar: false; readonly set: CharacterSet };
type CharacterSet = ((character: string) => boolean) | null;

/** A compiled pattern. */
export type NameMatcher = (name: string) => boolean;

/** Whether a pattern has anything but literal characters. */
export function hasGlob(pattern: string): boolean {
  return /[*?[]/.test(pattern.replace(/\\./gs, ""));
}

/** Compiles; a bracket that does not close is a literal character, as in the shell. */
export function compileNameGlob(pattern: string): NameMatcher {
  const steps = parseSteps(Array.from(pattern));
  return (name) => matchSteps(steps, Array.from(name));
}

function parseSteps(characters: readonly string[]): readonly Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? "";
    if (character === "*") steps.push({ isStar: true });
    else if (character === "?") steps.push({ isStar: false, set: null });
    else if (character === "[") {
      const bracket = parseBracket(characters, at);
      steps.push({ isStar: false, set: bracket === null ? isBracket : bracket.set });
      at = bracket?.end ?? at;
    } else {
      const literal = character === "\\" ? characters[++at] ?? "\\" : character;
      steps.push({ isStar: false, set: (other) => other === literal });
    }
  }
  return steps;
}

const isBracket: CharacterSet = (character) => character === "[";

function parseBracket(
  characters: readonly string[],
  start: number,
): { readonly set: CharacterSet; readonly end: number } | null {
  let at = start + 1;
  const isNegated = characters[at] === "!" || characters[at] === "^";
  if (isNegated) at++;
  const first = at;
  const end = characters.indexOf("]", first + 1);
  if (end === -1) return null;
  const inside = characters.slice(first, end);
  // A class such as [[:alpha:]] ends at its second bracket: any character, rather than too few.
  if (inside.join("").includes("[:")) {
    const last = characters.indexOf("]", end + 1);
    return { set: null, end: last === -1 ? end : last };
  }
  if (inside.includes("\\")) return { set: null, end };
  return { set: (character) => isMember(character, inside) !== isNegated, end };
}

function isMember(character: string, inside: readonly string[]): boolean {
  for (let at = 0; at < inside.length; at++) {
    const low = inside[at] ?? "";
    const high = inside[at + 1] === "-" ? inside[at + 2] : undefined;
    if (high === undefined) {
      if (character === low) return true;
    } else {
      if (character >= low && character <= high) return true;
      at += 2;
    }
  }
  return false;
}

/** The greedy walk with one point to come back to: the last star. */
function matchSteps(steps: readonly Step[], name: readonly string[]): boolean {
  let [step, at, starStep, starAt] = [0, 0, -1, 0];
  while (at < name.length) {
    const current = steps[step];
    if (current?.isStar === true) {
      [starStep, starAt] = [step++, at];
    } else if (current !== undefined && (current.set?.(name[at] ?? "") ?? true)) {
      step++;
      at++;
    } else if (starStep >= 0) {
      step = starStep + 1;
      at = ++starAt;
    } else {
      return false;
    }
  }
  while (steps[step]?.isStar === true) step++;
  return step === steps.length;
}
