import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { emptyHead } from "../../../src/core/audit/chain.ts";
import { KeyRing } from "../../../src/core/audit/key_ring.ts";
import { encodeMark, markBytes, parseMark } from "../../../src/core/audit/mark.ts";
import { hmacSha256, keys, logId, rootSecret } from "../../support/audit_log.ts";

const head = { seq: 41, mac: "cd".repeat(32), sizeBytes: 12_345 };
const ring = KeyRing.ofRoots([rootSecret], logId, hmacSha256);
const mark = { logId, turn: 7, kid: keys.kid, epoch: 0, head, base: emptyHead };
const largest = {
  ...mark,
  turn: Number.MAX_SAFE_INTEGER,
  head: { ...head, seq: Number.MAX_SAFE_INTEGER, sizeBytes: Number.MAX_SAFE_INTEGER },
  base: { ...head, seq: Number.MAX_SAFE_INTEGER, sizeBytes: Number.MAX_SAFE_INTEGER },
};

describe("encodeMark()", () => {
  it("fills one sector with ASCII, whatever the numbers", () => {
    for (const value of [mark, largest]) {
      const bytes = encodeMark(value, keys, hmacSha256);
      assertEquals(bytes.length, markBytes);
      assertEquals(/^[\x20-\x7e]+\n$/.test(new TextDecoder().decode(bytes)), true);
      assertEquals(parseMark(bytes, logId, ring, hmacSha256), { kind: "mark", mark: value });
    }
  });
});

describe("parseMark()", () => {
  it("FLT-10 takes no record with one bit flipped", () => {
    const bytes = encodeMark(mark, keys, hmacSha256);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Uint8Array.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const { kind } = parseMark(flipped, logId, ring, hmacSha256);
      assertEquals(kind === "mark", false, `bit ${bit}`);
    }
  });
  it("FLT-10 takes no empty, short, long or torn record", () => {
    const bytes = encodeMark(mark, keys, hmacSha256);
    const torn = encodeMark({ ...mark, turn: 8 }, keys, hmacSha256);
    torn.set(bytes.subarray(256), 256);
    for (const wrong of [new Uint8Array(), new Uint8Array(512), bytes.subarray(1), torn]) {
      assertEquals(parseMark(wrong, logId, ring, hmacSha256).kind, "damaged");
    }
    const long = Uint8Array.from([...bytes, 10]);
    assertEquals(parseMark(long, logId, ring, hmacSha256).kind, "damaged");
  });
  it("AUD-08 names another log and another key", () => {
    const bytes = encodeMark(mark, keys, hmacSha256);
    const other = "b0".repeat(16);
    const otherRing = KeyRing.ofRoots([rootSecret], other, hmacSha256);
    assertEquals(parseMark(bytes, other, otherRing, hmacSha256).kind, "other_log");
    assertEquals(parseMark(bytes, logId, otherRing, hmacSha256).kind, "other_key");
  });
});
