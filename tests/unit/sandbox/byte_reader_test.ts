import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CheckFailure } from "../../../src/core/check/check_failure.ts";
import { ByteReader } from "../../../src/sandbox/byte_reader.ts";
import { s64, u32 } from "../../support/wasm_builder.ts";

function reader(...bytes: readonly number[]): ByteReader {
  return new ByteReader(new Uint8Array(bytes));
}

function refuse(read: () => unknown, offset: number): void {
  const failure = assertThrows(read, CheckFailure);
  assertEquals([failure.code, failure.offset], ["invalid_module", offset]);
}

describe("ByteReader.readU32()", () => {
  it("reads every width, padded or not", () => {
    for (const value of [0, 1, 127, 128, 16_383, 16_384, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]) {
      for (let width = 1; width <= 5; width++) {
        const bytes = u32(value, width);
        const one = reader(...bytes, 0x99);
        assertEquals(one.readU32("n"), value);
        assertEquals(one.at, bytes.length);
      }
    }
  });

  it("WASM-03 refuses more than five bytes and more than 32 bits", () => {
    refuse(() => reader(0x80, 0x80, 0x80, 0x80, 0x80, 0x00).readU32("n"), 0);
    refuse(() => reader(0xff, 0xff, 0xff, 0xff, 0x1f).readU32("n"), 0);
    refuse(() => reader(0x80, 0x80, 0x80, 0x80, 0x10).readU32("n"), 0);
    refuse(() => reader(0x80, 0x80, 0x80, 0x80, 0x8f).readU32("n"), 0);
  });

  it("WASM-03 refuses to go past its end", () => {
    refuse(() => reader().readU32("n"), 0);
    refuse(() => reader(0x80).readU32("n"), 1);
    const inner = new ByteReader(new Uint8Array([0x80, 0x01]), 0, 1);
    refuse(() => inner.readU32("n"), 1);
  });
});

describe("ByteReader.readSigned()", () => {
  const edges = { 32: 2 ** 31, 33: 2 ** 32, 64: 2 ** 53 } as const;
  for (const bits of [32, 33, 64] as const) {
    it(`reads ${bits} bits to both ends`, () => {
      for (const value of [0, 1, -1, 63, 64, -64, -65, edges[bits] - 1, -edges[bits]]) {
        const one = reader(...s64(value), 0x99);
        assertEquals(one.readSigned("n", bits), value);
        assertEquals(one.at, s64(value).length);
      }
    });

    it(`WASM-03 refuses more than ${bits} bits and a sign that is not carried on`, () => {
      const width = Math.ceil(bits / 7);
      const used = bits - 7 * (width - 1);
      const open = Array.from({ length: width - 1 }, () => 0x80);
      for (let last = 0; last < 256; last++) {
        const isNegative = (last & (1 << (used - 1))) !== 0;
        const sign = isNegative ? 0x7f & ~((1 << used) - 1) : 0;
        const isRight = last < 0x80 && (last & 0x7f & ~((1 << used) - 1)) === sign;
        const one = reader(...open, last, 0x00);
        if (isRight) one.readSigned("n", bits);
        else refuse(() => one.readSigned("n", bits), 0);
      }
    });
  }

  it("reads the extremes of 64 bits without refusing them", () => {
    for (const value of [2n ** 63n - 1n, -(2n ** 63n)]) {
      const one = reader(...s64(value));
      assertEquals(one.readSigned("n", 64), Number(value));
      assertEquals(one.isAtEnd, true);
    }
  });
});

describe("ByteReader.readName()", () => {
  it("WASM-03 refuses what is not UTF-8, and keeps a byte order mark", () => {
    assertEquals(reader(3, 0xef, 0xbb, 0xbf).readName("name", 10), "\ufeff");
    refuse(() => reader(2, 0xc0, 0x80).readName("name", 10), 0);
    refuse(() => reader(3, 0xed, 0xa0, 0x80).readName("name", 10), 0);
    refuse(() => reader(4, 0x61, 0x62).readName("name", 10), 3);
  });

  it("refuses a name one byte too long", () => {
    assertEquals(reader(2, 0x61, 0x62).readName("name", 2), "ab");
    const failure = assertThrows(() => reader(2, 0x61, 0x62).readName("name", 1), CheckFailure);
    assertEquals(failure.code, "limit_exceeded");
  });
});

describe("ByteReader.readCount()", () => {
  it("WASM-02 refuses a count of more things than there are bytes", () => {
    assertEquals(reader(2, 0, 0).readCount("things", 10), 2);
    refuse(() => reader(3, 0, 0).readCount("things", 10), 3);
    const many = reader(0xff, 0xff, 0xff, 0xff, 0x0f);
    const failure = assertThrows(() => many.readCount("things", 10), CheckFailure);
    assertEquals([failure.code, failure.offset], ["limit_exceeded", 0]);
  });
});
