import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { emptyHead } from "../../../src/core/audit/chain.ts";
import type { Head } from "../../../src/core/audit/entry.ts";
import { openLineBatch } from "../../../src/core/audit/batch/open_line_batch.ts";
import { SimdBatch } from "../../../src/core/audit/batch/simd_batch.ts";
import { TypescriptBatch } from "../../../src/core/audit/batch/typescript_batch.ts";
import { EngineError } from "../../../src/core/errors.ts";
import { buildLog, concat, genesisEvent, keys, someEvents } from "../../support/audit_log.ts";
import { assertAgrees, expectedOf, runBatch } from "../../support/batch_agreement.ts";
import {
  craftChain,
  craftKeys,
  craftLine,
  detailsOf,
  partsAfter,
  signBody,
} from "../../support/crafted_log.ts";

const simd = new SimdBatch();
const engines = [simd, new TypescriptBatch()];
const log = buildLog([
  genesisEvent,
  ...someEvents,
  { type: "audit.seal", severity: "LOW", details: { n: 1 } },
]);

/** A head somewhere in a log: as good a start as any. */
function headAt(seq: number): Head {
  return { seq, mac: "5a".repeat(32), sizeBytes: 1_000 };
}

function probeAt(from: Head, lines: readonly Uint8Array[]) {
  return { bytes: concat(lines), from, keys: craftKeys };
}

function manyLines(count: number) {
  return craftChain(headAt(5), Array.from({ length: count }, (_, i) => ({ d: detailsOf(8 + i) })));
}

describe("openLineBatch()", () => {
  it("takes the module on this runtime", () => {
    assertEquals(openLineBatch().engine, "simd");
  });

  it("takes TypeScript when the module cannot be had, and says the same", () => {
    const batch = openLineBatch(() => {
      throw new WebAssembly.CompileError("no SIMD");
    });
    assertEquals(batch.engine, "typescript");
    assertAgrees(batch, { bytes: log.bytes, from: emptyHead, keys });
  });
});

describe("LineBatch.verify()", () => {
  it("accepts what linkEntry wrote", () => {
    for (const batch of engines) {
      const found = assertAgrees(batch, { bytes: log.bytes, from: emptyHead, keys });
      assertEquals(found.lines, log.lines.length);
      assertEquals(found.head, log.heads.at(-1));
      assertEquals(found.structural, [0, 5]);
      assertEquals(found.restBytes, 0);
    }
  });

  it("agrees at every truncation, with the rest of the log behind it", () => {
    for (let lengthBytes = 0; lengthBytes <= log.bytes.length; lengthBytes++) {
      const probe = { bytes: log.bytes, lengthBytes, from: emptyHead, keys };
      const found = assertAgrees(simd, probe, `${lengthBytes} bytes`);
      assert(!found.isFaulty);
    }
  });

  it("AUD-01 A1 agrees on every single-bit flip", () => {
    for (let bit = 0; bit < log.bytes.length * 8; bit++) {
      const bytes = Uint8Array.from(log.bytes);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const found = assertAgrees(simd, { bytes, from: emptyHead, keys }, `bit ${bit}`);
      assert(found.lines < log.lines.length, `bit ${bit}`);
    }
  });

  it("AUD-13 agrees on every bit, gap and doubled byte of a body that was signed again", () => {
    const first = craftLine(headAt(98), partsAfter(headAt(98)));
    const parts = partsAfter(first.head, { sev: "MEDIUM", d: '{"a":[1,"b"]}' });
    const body = craftLine(first.head, parts).line.subarray(0, -75);
    const agree = (changed: Uint8Array, what: string) => {
      const { line } = signBody(first.head, String.fromCharCode(...changed));
      const probe = { bytes: concat([first.line, line]), from: headAt(98), keys: craftKeys };
      return assertAgrees(simd, probe, what).lines;
    };
    assertEquals(agree(body, "unchanged"), 2);
    for (let at = 0; at < body.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = Uint8Array.from(body);
        flipped[at] = (body[at] ?? 0) ^ (1 << bit);
        agree(flipped, `bit ${bit} of byte ${at}`);
      }
      agree(concat([body.subarray(0, at), body.subarray(at + 1)]), `without byte ${at}`);
      agree(concat([body.subarray(0, at + 1), body.subarray(at)]), `byte ${at} twice`);
    }
  });

  it("AUD-13 takes the four severities, letter for letter", () => {
    for (const sev of ["LOW", "MEDIUM", "HIGH", "CRITICAL"]) {
      const whole = craftChain(headAt(5), [{ sev }]).lines;
      assertEquals(assertAgrees(simd, probeAt(headAt(5), whole), sev).lines, 1);
      for (let i = 0; i < sev.length; i++) {
        const others = [
          `${sev.slice(0, i)}_${sev.slice(i + 1)}`,
          sev.slice(0, i),
          sev.slice(i + 1),
        ];
        for (const other of others) {
          const { lines } = craftChain(headAt(5), [{ sev: other }]);
          assertEquals(assertAgrees(simd, probeAt(headAt(5), lines), other).lines, 0);
        }
      }
    }
  });

  it("goes on in a second window, wherever the first one ended", () => {
    for (const batch of engines) {
      const step = batch.engine === "simd" ? 1 : 97;
      for (let cut = 0; cut <= log.bytes.length; cut += step) {
        const first = runBatch(batch, { bytes: log.bytes.subarray(0, cut), from: emptyHead, keys });
        const bytes = log.bytes.subarray(cut - first.restBytes);
        const second = runBatch(batch, { bytes, from: first.head, keys, atBefore: first.at });
        assertEquals(second.head, log.heads.at(-1), `cut at ${cut}`);
        assertEquals(first.lines + second.lines, log.lines.length);
        assertEquals(second.clockBack.count, 0);
      }
    }
  });

  it("AUD-18 takes every length of a line up to the greatest, and none beyond", () => {
    const one = craftLine(headAt(5), partsAfter(headAt(5))).line.length;
    const sizes = [
      ...Array.from({ length: 200 }, (_, i) => 2 + i),
      ...Array.from({ length: 70 }, (_, i) => 16_384 - one + 2 - 68 + i),
      20_000,
    ];
    for (const size of sizes) {
      const alone = craftChain(headAt(5), [{ d: detailsOf(size) }]);
      const found = assertAgrees(simd, probeAt(headAt(5), alone.lines), `d of ${size}`);
      assertEquals(found.isFaulty, one + size - 2 > 16_384);
    }
    const between = craftChain(headAt(5), sizes.map((size) => ({ d: detailsOf(size) })));
    const found = assertAgrees(simd, probeAt(headAt(5), between.lines));
    const tooLong = between.lines.findIndex(({ length }) => length > 16_384);
    assert(tooLong > 200);
    assertEquals([found.lines, found.isFaulty], [tooLong, true]);
  });

  it("stops at the first of several lines with another MAC, whatever their lengths", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = xorshift(seed);
      const count = 1 + random() % 40;
      const { lines } = craftChain(
        headAt(5),
        Array.from({ length: count }, () => ({ d: detailsOf(2 + random() % 700) })),
      );
      const faulty = Array.from({ length: random() % 4 }, () => random() % count);
      const bytes = concat(lines);
      const starts = lines.map((_, i) => lines.slice(0, i).reduce((sum, l) => sum + l.length, 0));
      // A character of the type: the grammar is satisfied, the chain of `prev` is too.
      for (const i of faulty) bytes[(starts[i] ?? 0) + 90] = 0x5a;
      const found = assertAgrees(simd, { bytes, from: headAt(5), keys: craftKeys }, `seed ${seed}`);
      assertEquals(found.lines, Math.min(count, ...faulty), `seed ${seed}`);
    }
  });

  it("AUD-02 AUD-04 finds lines out of order, doubled, left out or of another chain", () => {
    const { lines } = manyLines(6);
    const other = craftChain({ ...headAt(5), mac: "00".repeat(32) }, [{}, {}, {}]).lines;
    const pick = (...order: number[]) => order.map((i) => lines[i] ?? new Uint8Array());
    const orders = [pick(1, 0), pick(0, 0), pick(0, 2), pick(0, 1, 3, 2), pick(5, 4, 3, 2, 1, 0)];
    for (const order of [...orders, other, [...pick(0, 1), ...other]]) {
      for (const batch of engines) {
        const found = assertAgrees(batch, probeAt(headAt(5), order));
        assert(found.isFaulty && found.lines < order.length);
      }
    }
  });

  it("counts past every number of digits, to 2^53 - 1 and no further", () => {
    const powers = Array.from({ length: 16 }, (_, i) => 10 ** i - 3);
    const starts = [...powers, 2 ** 31 - 3, 2 ** 32 - 3, 2 ** 52, 2 ** 53 - 4, 2 ** 53 - 3];
    for (const seq of starts.filter((start) => start >= -1)) {
      const { lines } = craftChain(headAt(seq), Array.from({ length: 5 }, () => ({})));
      const found = assertAgrees(simd, probeAt(headAt(seq), lines), `behind ${seq}`);
      assertEquals(found.lines, Math.min(5, Number.MAX_SAFE_INTEGER - seq), `behind ${seq}`);
    }
  });

  it("takes no line behind a head that no log has", () => {
    const { lines } = manyLines(2);
    const numbers = [-3, 4.5, NaN, Infinity, Number.MAX_SAFE_INTEGER, 2 ** 60];
    const heads = [
      ...numbers.map(headAt),
      ...["", "5A".repeat(32), "5a".repeat(31), "\0".repeat(64), "é".repeat(64)].map((mac) => ({
        ...headAt(5),
        mac,
      })),
    ];
    for (const from of heads) {
      for (const batch of engines) {
        const found = assertAgrees(batch, { ...probeAt(headAt(5), lines), from });
        assertEquals([found.lines, found.isFaulty], [0, true]);
      }
    }
  });

  it("AUD-08 takes only the key it was given", () => {
    const { lines } = manyLines(3);
    const probe = probeAt(headAt(5), lines);
    const others = [
      { kid: "0c0ffee1" },
      { epoch: 8 },
      { epoch: 77 },
      { epoch: -7 },
      { epoch: 1e10 },
      { epoch: 7.5 },
      { kid: "0C0FFEE0" },
      { kid: "c0ffee0" },
      { entryKey: craftKeys.entryKey.map((byte, i) => i === 31 ? byte ^ 1 : byte) },
    ];
    for (const other of others) {
      const found = assertAgrees(simd, { ...probe, keys: { ...craftKeys, ...other } });
      assertEquals([found.lines, found.isFaulty], [0, true]);
    }
    const great = { ...craftKeys, epoch: 9_999_999_999 };
    const line = craftLine(headAt(5), partsAfter(headAt(5), { key: "0c0ffee0.9999999999" })).line;
    assertEquals(assertAgrees(simd, { bytes: line, from: headAt(5), keys: great }).lines, 1);
  });

  it("takes keys of any length", () => {
    for (let length = 0; length <= 200; length++) {
      const entryKey = Uint8Array.from({ length }, (_, i) => i * 7 + length);
      const { line } = craftLine(headAt(5), partsAfter(headAt(5)), entryKey);
      const probe = { bytes: line, from: headAt(5), keys: { ...craftKeys, entryKey } };
      assertEquals(assertAgrees(simd, probe, `key of ${length}`).lines, 1);
    }
  });

  it("AUD-20 counts lines whose time goes back, also behind the line before", () => {
    const at = (text: string) => ({ ts: `2026-11-22T${text}Z` });
    const times = ["18:00:00.000002", "18:00:00.000001", "18:00:00.000001", "17:59:59.999999"];
    const { lines } = craftChain(headAt(5), [...times.map(at), at("18:00:00.000000")]);
    for (const batch of engines) {
      const probe = probeAt(headAt(5), lines);
      const alone = assertAgrees(batch, probe);
      assertEquals(alone.clockBack, { count: 2, firstSeq: 7 });
      const after = assertAgrees(batch, { ...probe, atBefore: "2026-11-22T18:00:00.000003Z" });
      assertEquals(after.clockBack, { count: 3, firstSeq: 6 });
      const same = assertAgrees(batch, { ...probe, atBefore: "2026-11-22T18:00:00.000002Z" });
      assertEquals(same.clockBack.count, 2);
    }
  });

  it("AUD-20 compares the time in each of its digits", () => {
    const ts = "2526-15-25T15:55:55.555555Z";
    const later = Array.from(ts, (digit, i) => digit === "5" ? i : -1).filter((i) => i >= 0);
    for (const i of later) {
      for (const [digit, count] of [["4", 1], ["6", 0]] as const) {
        // What follows says the opposite.
        const rest = ts.slice(i + 1).replaceAll("5", digit === "4" ? "9" : "0");
        const other = { ts: ts.slice(0, i) + digit + rest };
        const { lines } = craftChain(headAt(5), [{ ts }, other]);
        assertEquals(assertAgrees(simd, probeAt(headAt(5), lines)).clockBack.count, count);
      }
    }
  });

  it("lists the lines of the log's own structure, and none behind a faulty one", () => {
    const types = ["audit.seal", "audit.segment", "audit.key_rotation", "audit.prune", "NOTE"];
    const rest = ["audit.recovery", "audit.decision", "audit.s", "Audit.seal", "xaudit.seal"];
    const { lines } = craftChain(headAt(5), [...types, ...rest].map((type) => ({ type })));
    for (const batch of engines) {
      const probe = probeAt(headAt(5), lines);
      assertEquals(assertAgrees(batch, probe).structural, [0, 1, 2, 3, 5]);
      const mac = (lines[0]?.length ?? 0) + (lines[1]?.length ?? 0) - 10;
      probe.bytes[mac] = (probe.bytes[mac] ?? 0) ^ 1;
      assertEquals(assertAgrees(batch, probe).structural, [0]);
    }
  });

  it("A1 takes a genesis line at the start and nowhere else", () => {
    const cases: readonly (readonly [Head, string, number])[] = [
      [emptyHead, "audit.genesis", 1],
      [emptyHead, "audit.genesi", 0],
      [emptyHead, "audit.genesis_", 0],
      [emptyHead, "audit.genezis", 0],
      [emptyHead, "NOTE", 0],
      [headAt(5), "audit.genesis", 0],
      [headAt(5), "audit.genesis2", 1],
      [headAt(9), "audit.genesis", 0],
    ];
    for (const [from, type, count] of cases) {
      const { lines } = craftChain(from, [{ type }]);
      assertEquals(assertAgrees(simd, probeAt(from, lines), type).lines, count, type);
    }
  });

  it("AUD-16 says of rubbish that it is no line", () => {
    const { lines: [first = new Uint8Array()] } = manyLines(1);
    const text = new TextEncoder();
    const rubbish: readonly Uint8Array[] = [
      text.encode("\n"),
      text.encode("\r\n"),
      text.encode("\0\n"),
      text.encode("{}\n"),
      text.encode("\u2028\n"),
      text.encode(`${"x".repeat(300)}\n`),
      concat([text.encode("\ufeff"), first]),
      concat([text.encode(" "), first]),
      concat([first.subarray(0, -1), text.encode("\r\n")]),
      concat([first.subarray(0, -1), text.encode(" \n")]),
      new Uint8Array(700).fill(0xff).fill(10, 699),
    ];
    for (const bytes of rubbish) {
      for (const behind of [false, true]) {
        const probe = { bytes: behind ? concat([first, bytes]) : bytes, from: headAt(5) };
        const found = assertAgrees(simd, { ...probe, keys: craftKeys });
        assertEquals([found.lines, found.isFaulty], [behind ? 1 : 0, true]);
      }
    }
  });

  it("AUD-18 has no trouble with a full window of one kind of byte", () => {
    for (const batch of engines) {
      // TypeScript frames the whole window first: four million empty lines take it a second.
      for (const byte of batch === simd ? [0x0a, 0x00, 0x20, 0x7b, 0x78, 0xff] : [0x78]) {
        batch.window.fill(byte);
        const start = performance.now();
        const found = batch.verify(batch.window.length, headAt(5), craftKeys);
        const tookMs = performance.now() - start;
        assertEquals([found.lines, found.isFaulty, found.head], [0, true, headAt(5)]);
        assertEquals(found.restBytes, batch.window.length);
        assert(tookMs < 500, `${byte}: ${tookMs} ms`);
      }
    }
  });

  it("tells an unfinished line from an overlong one, to the byte", () => {
    for (const length of [0, 1, 16_382, 16_383, 16_384, 16_385]) {
      const bytes = new Uint8Array(length).fill(0x78);
      const open = assertAgrees(simd, { bytes, from: headAt(5), keys: craftKeys });
      assertEquals(open.isFaulty, length >= 16_384);
      assertEquals(open.restBytes, length);
    }
  });

  it("refuses lengths out of bounds", () => {
    for (const batch of engines) {
      for (const length of [-1, batch.window.length + 1, 1.5, NaN]) {
        assertThrows(() => batch.verify(length, headAt(5), craftKeys), EngineError);
      }
      assertThrows(() => batch.verify(0, headAt(5), craftKeys, "2026"), EngineError);
    }
  });

  it("takes the shortest line there can be, by which its tables are measured", () => {
    const { lines } = craftChain(headAt(1), [{ type: "a" }]);
    assertEquals(lines[0]?.length, 247);
    assertEquals(assertAgrees(simd, probeAt(headAt(1), lines)).lines, 1);
  });

  it("fills its tables with the most lines a window can have", () => {
    const chain = craftChain(emptyHead, [
      {},
      ...Array.from({ length: 17_046 }, (_, i) => ({
        type: "a",
        ts: `2026-11-22T18:00:00.${String(999_999 - i).padStart(6, "0")}Z`,
      })),
    ]);
    const bytes = concat(chain.lines).subarray(0, simd.window.length);
    const found = assertAgrees(simd, { bytes, from: emptyHead, keys: craftKeys });
    assert(found.lines > 16_600 && !found.isFaulty, `${found.lines}`);
    assertEquals(found.clockBack, { count: found.lines - 2, firstSeq: 2 });
    assertEquals(simd.hashLeaves().length, 32 * found.lines);
  });

  it("leaves nothing of one call to the next", () => {
    const { lines } = manyLines(9);
    const probe = probeAt(headAt(5), lines);
    const expected = expectedOf(probe);
    const otherKeys = { ...craftKeys, epoch: 8 };
    for (let i = 0; i < 50; i++) {
      assertEquals(runBatch(simd, probe), expected);
      runBatch(simd, { ...probe, keys: otherKeys });
      runBatch(simd, { ...probe, lengthBytes: 37 * i });
      assertEquals(simd.verify(0, headAt(1), craftKeys).offsets, Uint32Array.of(0));
    }
  });
});

/** Numbers that look random, the same for the same seed. */
function xorshift(seed: number): () => number {
  let x = seed;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
}
