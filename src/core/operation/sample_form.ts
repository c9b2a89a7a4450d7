/**
 * A path that a pattern matches, to find others that match it as well.
 *
 * @module
 */
import { compileNameMatcher } from "./name_matcher.ts";
import type { CharacterClass, Glob, NamePattern, Token } from "./glob.ts";

/** In the private use area: no pattern anybody writes names it. */
const odd = "\ue0ff";

/** One form of each kind the pattern is tried on; see path.ts. */
export function sampleForm({ names, isRelative, isAbsolute }: Glob): readonly string[] {
  const path = names.map(sampleName).join("/");
  return [...(isRelative ? [path] : []), ...(isAbsolute ? [`/${path}`] : [])];
}

function sampleName(name: NamePattern): string {
  if (name.kind === "literal") return name.text;
  return name.kind === "deep" ? odd : name.tokens.map(sampleToken).join("");
}

function sampleToken(token: Token): string {
  if (typeof token === "number") return String.fromCodePoint(token);
  return typeof token === "string" ? odd : sampleMember(token);
}

/** A character in the class; the odd one for a class that nothing of the usual is in. */
function sampleMember(member: CharacterClass): string {
  const matches = compileNameMatcher([[member]]);
  const candidates = [
    odd,
    ...member.ranges.flatMap(([from, to]) => [from, to])
      .map((codePoint) => String.fromCodePoint(codePoint).toLowerCase()),
  ];
  return candidates.find((candidate) => matches(candidate).length > 0) ?? odd;
}
