import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "../../support/fast_check.ts";
import { ByteSearch } from "../../../src/core/audit/byte_search.ts";

const encoder = new TextEncoder();

/** As String.indexOf finds them, overlapping ones too. */
function placesOf(text: string, word: string): readonly number[] {
  const found: number[] = [];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) found.push(at);
  return found;
}

describe("ByteSearch", () => {
  it("finds what String.indexOf finds, however the text is cut", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", '"'), maxLength: 60 });
    const word = fc.string({ unit: fc.constantFrom("a", "b", '"'), minLength: 2, maxLength: 5 });
    const property = fc.property(letters, word, fc.array(fc.nat(12)), (text, word, cuts) => {
      const search = new ByteSearch(word);
      let rest = text;
      for (const cut of cuts) {
        search.feed(encoder.encode(rest.slice(0, cut)));
        rest = rest.slice(cut);
      }
      search.feed(encoder.encode(rest));
      assertEquals([...search.found].sort((a, b) => a - b), placesOf(text, word));
    });
    fc.assert(property, { numRuns: 3_000, verbose: 1 });
  });
});
