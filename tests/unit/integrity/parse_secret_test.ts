import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import { parseSecret } from "../../../src/core/integrity/parse_secret.ts";
import { maxSecretBytes } from "../../../src/core/limits.ts";

const options = { name: "SCALPEL_AUDIT_SECRET", minBytes: 32 };
const text = "correct-horse-battery-staple-and-more";
const hex = Array.from({ length: 32 }, (_, i) => i.toString(16).padStart(2, "0")).join("");

function parse(given: string | Uint8Array, minBytes = 32): Uint8Array {
  const bytes = typeof given === "string" ? new TextEncoder().encode(given) : given;
  return parseSecret(bytes, { ...options, minBytes });
}

describe("parseSecret()", () => {
  const counted = Uint8Array.from({ length: 32 }, (_, i) => i);
  const rows: readonly (readonly [string, string, Uint8Array])[] = [
    ["bytes as given", text, new TextEncoder().encode(text)],
    ["less one newline", `${text}\n`, new TextEncoder().encode(text)],
    ["but not two", `${text}\n\n`, new TextEncoder().encode(`${text}\n`)],
    ["hex", `hex:${hex}\n`, counted],
    ["hex in capitals", `hex:${hex.toUpperCase()}`, counted],
    ["hex after a blank", `hex: ${hex}`, counted],
    [
      "base32 without padding",
      "base32:aaaq eayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypq",
      counted,
    ],
    ["no prefix in capitals", `HEX:${hex}`, new TextEncoder().encode(`HEX:${hex}`)],
  ];
  for (const [name, given, wanted] of rows) it(name, () => assertEquals(parse(given), wanted));

  it("takes bytes that are no text", () => {
    const raw = Uint8Array.from({ length: 40 }, (_, i) => 255 - i);
    assertEquals(parse(raw), raw);
  });

  it("counts decoded bytes: 31, 32, 33", () => {
    assertEquals(parse(`hex:${hex}ff`).length, 33);
    assertEquals(parse(`hex:${hex}`).length, 32);
    assertThrows(() => parse(`hex:${hex.slice(2)}`), EngineError);
  });

  const refused: readonly (readonly [string, string | Uint8Array])[] = [
    ["nothing", ""],
    ["a newline", "\n"],
    ["the guide's default", "default-secret"],
    ["the guide's other default", "default-totp-secret\n"],
    ["too short", "short"],
    ["hex that is none", `hex:${"z".repeat(64)}`],
    ["hex of odd length", `hex:${hex}0`],
    ["base32 that is none", `base32:${"1".repeat(56)}`],
    ["an empty prefix", "hex:"],
    ["one repeated character", "a".repeat(64)],
    ["one repeated byte, decoded", `hex:${"00".repeat(32)}`],
    ["too long", new Uint8Array(maxSecretBytes + 1).map((_, i) => i % 251)],
  ];
  for (const [name, given] of refused) {
    it(`S1 refuses ${name}, and shows none of it`, () => {
      const { code, message, hint } = assertThrows(() => parse(given), EngineError);
      assertEquals(code, "secret_invalid");
      assert(message.includes(options.name));
      const shown = typeof given === "string" ? given.trim() : "";
      assert(shown.length < 5 || !`${message} ${hint}`.includes(shown));
    });
  }

  it("refuses well-known defaults however short a secret may be", () => {
    for (const given of ["default-secret", "changeme", "hex:736563726574"]) {
      assertEquals(assertThrows(() => parse(given, 1), EngineError).code, "secret_invalid");
    }
  });
});
