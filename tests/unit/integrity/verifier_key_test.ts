import { assertEquals, assertThrows } from "@std/assert";
import { encodeBase64 } from "@std/encoding/base64";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import { parseCheckpointKey } from "../../../src/core/audit/parse_checkpoint_key.ts";
import {
  createVerifierKey,
  encodeVerifierKey,
  parseVerifierKey,
} from "../../../src/core/integrity/verifier_key.ts";

// The key of Go's checksum database, and the one in the documentation of x/mod/sumdb/note.
const published = [
  "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
  "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
];
const [text = ""] = published;
const raw = new Uint8Array(32).fill(7);

describe("parseVerifierKey()", () => {
  for (const key of published) {
    it(`agrees with the ID in ${key.slice(0, 24)}`, () => {
      const parsed = parseVerifierKey(key);
      assertEquals(parsed === null ? null : encodeVerifierKey(parsed), key);
    });
  }

  const refused = [
    "",
    "+",
    "++",
    "sum.golang.org",
    text.replace("033de0ae", "033de0af"),
    text.replace("033de0ae", "033DE0AE"),
    text.replace("033de0ae", "33de0ae"),
    text.replace("sum.", "sun."),
    text.replace("sum.", "su m."),
    text.replace("sum.", "su\u00a0m."),
    text.replace("sum.", "su\u0000m."),
    text.replace("sum.", "su+m."),
    text.replace("+Ac4z", "+Bc4z"),
    text.replace("+Ac4z", "+c4z"),
    `${text}\n`,
    ` ${text}`,
    `${text}==`,
    text.slice(0, -4),
  ];
  for (const [i, key] of refused.entries()) {
    it(`refuses row ${i}: ${JSON.stringify(key).slice(0, 40)}`, () => {
      assertEquals(parseVerifierKey(key), null);
      assertEquals(parseCheckpointKey(key), null);
    });
  }

  it("refuses another type of signature under an ID that fits", () => {
    const key = createVerifierKey("a", raw);
    const body = encodeBase64(Uint8Array.of(4, ...raw));
    assertEquals(parseVerifierKey(`a+${key.keyId}+${body}`), null);
  });
});

describe("createVerifierKey()", () => {
  it("makes what parses, and nothing of a malformed name or key", () => {
    const key = createVerifierKey("sealward/audit/x", raw);
    assertEquals(parseVerifierKey(encodeVerifierKey(key)), key);
    for (const name of ["", "a b", "a+b", "a\nb", "\ud800", "a\u2028b"]) {
      assertThrows(() => createVerifierKey(name, raw), EngineError);
    }
    assertThrows(() => createVerifierKey("a", raw.subarray(1)), EngineError);
  });
});

describe("parseCheckpointKey()", () => {
  it("takes a named key or 32 raw bytes", () => {
    assertEquals(parseCheckpointKey(encodeBase64(raw)), raw);
    assertEquals(parseCheckpointKey(text), parseVerifierKey(text));
    for (const length of [0, 31, 33]) {
      assertEquals(parseCheckpointKey(encodeBase64(new Uint8Array(length))), null);
    }
  });
});
