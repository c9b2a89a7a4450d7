import { assert, assertEquals, assertThrows } from "@std/assert";
import { decodeBase64 } from "@std/encoding/base64";
import { encodeHex } from "@std/encoding/hex";
import { describe, it } from "@std/testing/bdd";
import { createHash } from "node:crypto";
import { lineModule } from "../../../src/core/audit/batch/line_module.ts";
import { openLineBatch } from "../../../src/core/audit/batch/open_line_batch.ts";
import { passesSelfTest } from "../../../src/core/audit/batch/passes_self_test.ts";
import { SimdBatch } from "../../../src/core/audit/batch/simd_batch.ts";
import { TypescriptBatch } from "../../../src/core/audit/batch/typescript_batch.ts";
import { encodeLine } from "../../../src/core/audit/line.ts";
import { maxEntryBytes } from "../../../src/core/limits.ts";
import { concat } from "../../support/audit_log.ts";
import { craftChain, craftKeys, detailsOf, nativeHmacHex } from "../../support/crafted_log.ts";

const from = { seq: 98, mac: "5a".repeat(32), sizeBytes: 0 };
const bytes = decodeBase64(lineModule);

/** Where in the module the table stands that begins with these words. */
function findTable(words: readonly number[]): number {
  const table = new Uint8Array(Uint32Array.from(words).buffer);
  const matches: number[] = [];
  for (let i = 0; i + table.length <= bytes.length; i++) {
    if (table.every((byte, k) => bytes[i + k] === byte)) matches.push(i);
  }
  assertEquals(matches.length, 1);
  return matches[0] ?? 0;
}

function changed(at: number, bit: number): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ (1 << bit);
  return copy;
}

describe("lineModule", () => {
  const module = new WebAssembly.Module(bytes);

  it("imports nothing, and is small", () => {
    assertEquals(WebAssembly.Module.imports(module), []);
    assert(bytes.length <= 20_000, `${bytes.length} bytes`);
  });

  it("has tables, window and results in their order, all in a memory that cannot grow", () => {
    const { exports } = new WebAssembly.Instance(module);
    const at = (name: string) => Number((exports[name] as WebAssembly.Global).value);
    const memory = exports["memory"] as WebAssembly.Memory;
    assert(at("tablesEnd") <= at("windowStart"));
    assert(at("windowStart") + at("windowBytes") < at("offsetsStart"));
    assert(at("memoryEnd") + 64 <= memory.buffer.byteLength);
    assertThrows(() => memory.grow(1), RangeError);
    assertEquals(at("maxEntryBytes"), maxEntryBytes);
    assertEquals(new TypescriptBatch().window.length, at("windowBytes"));
  });
});

describe("passesSelfTest()", () => {
  it("passes the module, twice", () => {
    const batch = new SimdBatch();
    assert(passesSelfTest(batch) && passesSelfTest(batch));
  });

  it("finds any bit of the constants of SHA-256 that is another", () => {
    const constants = findTable([0x428a2f98, 0x71374491]);
    for (let i = 0; i < 256; i++) {
      const broken = new SimdBatch(changed(constants + i, i & 7));
      assert(!passesSelfTest(broken), `byte ${i}`);
    }
    const states = findTable([0x6a09e667, 0xbb67ae85]);
    for (let i = 0; i < 32; i++) {
      const broken = new SimdBatch(changed(states + i, i & 7));
      assert(!passesSelfTest(broken), `byte ${i}`);
    }
  });

  it("makes the opening turn to TypeScript when one fails", () => {
    const constants = findTable([0x428a2f98, 0x71374491]);
    const batch = openLineBatch(() => new SimdBatch(changed(constants, 0)));
    assertEquals(batch.engine, "typescript");
  });
});

describe("SimdBatch.compareMacs()", () => {
  it("agrees with the runtime's HMAC on messages and keys of any length", () => {
    const batch = new SimdBatch();
    for (let round = 0; round < 400; round++) {
      const key = crypto.getRandomValues(new Uint8Array(round % 140));
      const messages = Array.from({ length: 1 + round % 9 }, (_, i) => {
        const data = crypto.getRandomValues(new Uint8Array((round * 31 + i * 57) % 400));
        return encodeLine(data, nativeHmacHex(key, data));
      });
      const offsets = [0];
      for (const { length } of messages) offsets.push((offsets.at(-1) ?? 0) + length);
      batch.window.set(concat(messages));
      const what = `round ${round}, key ${encodeHex(key)}`;
      assertEquals(batch.compareMacs(offsets, key), messages.length, what);
    }
  });

  it("AUD-15 SEED-05 compares all 64 digits, and takes lower case only", () => {
    const batch = new SimdBatch();
    const data = crypto.getRandomValues(new Uint8Array(100));
    const message = encodeLine(data, nativeHmacHex(craftKeys.entryKey, data));
    for (let digit = 0; digit < 64; digit++) {
      const at = message.length - 4 - digit;
      for (let bit = 0; bit < 8; bit++) {
        batch.window.set(message);
        batch.window[at] = (message[at] ?? 0) ^ (1 << bit);
        assertEquals(batch.compareMacs([0, message.length], craftKeys.entryKey), 0);
      }
    }
  });
});

describe("LineBatch.hashLeaves()", () => {
  it("agrees with the runtime's SHA-256, line by line", () => {
    const sizes = [...Array.from({ length: 150 }, (_, i) => 2 + i), 9_000, 16_000, 2, 500];
    const { lines } = craftChain(from, sizes.map((size) => ({ d: detailsOf(size) })));
    const whole = concat(lines);
    const expected = lines.map((line) =>
      createHash("sha256").update(Uint8Array.of(0)).update(line.subarray(0, -1)).digest("hex")
    );
    for (const batch of [new SimdBatch(), new TypescriptBatch()]) {
      assertEquals(encodeHex(batch.hashLeaves()), "", "before any line");
      for (const count of [0, 1, 2, 3, 4, 5, 77, lines.length]) {
        const length = lines.slice(0, count).reduce((sum, line) => sum + line.length, 0);
        batch.window.set(whole);
        batch.verify(length + 40, from, craftKeys);
        assertEquals(encodeHex(batch.hashLeaves()), expected.slice(0, count).join(""));
        assertEquals(batch.window.subarray(0, whole.length), whole, "the window stays as it was");
      }
    }
  });
});
