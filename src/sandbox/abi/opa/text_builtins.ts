/**
 * Built-ins about text.
 *
 * @module
 */
import { type BuiltinContext, type OpaBuiltin, textBuiltin } from "./opa_builtin.ts";
import { itemsOf, opaNumber, type OpaValue } from "./opa_value.ts";

/** The worst a search can cost: each place compared with all of what is looked for. */
function chargeSearch(text: string, part: string, { charge }: BuiltinContext): void {
  charge(Math.ceil((text.length * Math.min(part.length, text.length)) / 2));
}

/** Where `part` stands, without overlaps; none of an empty one. */
function* findAll(text: string, part: string): Generator<number> {
  if (part === "") return;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) yield at;
}

/** Places in characters, overlaps too. */
const indexOfEach = textBuiltin(2, ([text, part], context) => {
  chargeSearch(text, part, context);
  if (part === "") return undefined;
  const places: OpaValue[] = [];
  let characters = 0;
  for (let at = 0; at < text.length; characters++) {
    if (text.startsWith(part, at)) places.push(opaNumber(characters));
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
  return places;
});

/** How often a text stands in another, as Go counts: an empty one once more than characters. */
const countOf = textBuiltin(2, ([text, part], context) => {
  chargeSearch(text, part, context);
  // What is found, and skipped, is work too.
  context.charge(text.length * 10);
  if (part === "") return opaNumber([...text].length + 1);
  return opaNumber([...findAll(text, part)].length);
});

/** Whether any of the texts begins, or ends, with any of the parts. */
function anyMatch(matches: (text: string, part: string) => boolean): OpaBuiltin {
  return {
    arity: 2,
    call: ([texts = null, parts = null], { charge }) => {
      const searched = textsOf(texts);
      const wanted = textsOf(parts);
      if (searched === null || wanted === null) return undefined;
      const wantedLength = wanted.reduce((sum, part) => sum + part.length + 1, 0);
      charge(searched.length * wantedLength);
      return searched.some((text) => wanted.some((part) => matches(text, part)));
    },
  };
}

/** One text, or an array or a set of them. */
function textsOf(value: OpaValue): readonly string[] | null {
  if (typeof value === "string") return [value];
  const items = itemsOf(value);
  return items !== null && items.every((item) => typeof item === "string") ? items : null;
}

export const textBuiltins: readonly (readonly [string, OpaBuiltin])[] = [
  ["indexof_n", indexOfEach],
  ["strings.count", countOf],
  ["strings.reverse", textBuiltin(1, ([text]) => [...text].reverse().join(""))],
  ["strings.any_prefix_match", anyMatch((text, part) => text.startsWith(part))],
  ["strings.any_suffix_match", anyMatch((text, part) => text.endsWith(part))],
  ["glob.quote_meta", textBuiltin(1, ([text]) => text.replace(/[*?\\[\]{}]/g, "\\$&"))],
];
