import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import { EngineError } from "../../src/core/errors.ts";
import { decodeUtf8, parseStrictJson } from "../../src/core/strict_json.ts";

const numRuns = 500;
const text = fc.string({ unit: "grapheme", maxLength: 12 });
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }).filter((value) => {
      return !Object.is(value, -0);
    }),
    text,
    fc.array(tie("json"), { maxLength: 5 }),
    fc.dictionary(text.filter((key) => key !== "__proto__"), tie("json"), { maxKeys: 5 }),
  ),
}));

/** What parsing gives, or the EngineError's code; anything else thrown fails the property. */
function outcome(run: () => unknown): { readonly value: unknown } | { readonly code: string } {
  try {
    return { value: run() };
  } catch (thrown) {
    assert(thrown instanceof EngineError, `not an EngineError: ${thrown}`);
    return { code: thrown.code };
  }
}

describe("parseStrictJson() property", () => {
  it("gives back every value JSON.stringify wrote, with any blanks", () => {
    fc.assert(
      fc.property(json, fc.constantFrom(0, 1, "\t"), (value, blanks) => {
        assertEquals(parseStrictJson(JSON.stringify(value, null, blanks)), value);
      }),
      { numRuns },
    );
  });

  it("JSON-14 accepts nothing that JSON.parse refuses, and agrees on the rest", () => {
    const nearlyJson = fc.string({
      unit: fc.constantFrom(
        ...'{}[],:"\\ue0d8-+.19 tfn\n\u00e9'.split(""),
        "true",
        '"a"',
        "\\ud83d",
      ),
      maxLength: 12,
    });
    fc.assert(
      fc.property(nearlyJson, (written) => {
        const ours = outcome(() => parseStrictJson(written));
        if ("value" in ours) assertEquals(ours.value, JSON.parse(written));
      }),
      { numRuns: 4 * numRuns },
    );
  });

  it("answers mutated bytes with a value or an EngineError", () => {
    fc.assert(
      fc.property(json, fc.nat(), fc.nat(255), fc.nat(3), (value, place, byte, kind) => {
        const bytes = [...new TextEncoder().encode(JSON.stringify(value))];
        const at = place % bytes.length;
        if (kind === 0) bytes.splice(at, 1);
        else if (kind === 1) bytes.splice(at, 0, byte);
        else if (kind === 2) bytes[at] = byte;
        else bytes.length = at;
        const ours = outcome(() => parseStrictJson(decodeUtf8(Uint8Array.from(bytes))));
        if ("code" in ours) assertEquals(ours.code, "operation_invalid");
        else assertEquals(ours.value, JSON.parse(decodeUtf8(Uint8Array.from(bytes))));
      }),
      { numRuns },
    );
  });

  it("JSON-01 refuses any object with one of its keys written twice", () => {
    fc.assert(
      fc.property(
        fc.dictionary(text, json, { minKeys: 1, maxKeys: 5 }),
        fc.nat(),
        (object, pick) => {
          const members = Object.entries(object).map(([key, value]) => {
            return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
          });
          const again = members[pick % members.length] ?? "";
          assertEquals(outcome(() => parseStrictJson(`{${[...members, again].join()}}`)), {
            code: "operation_invalid",
          });
        },
      ),
      { numRuns },
    );
  });
});
