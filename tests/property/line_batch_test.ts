import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import { emptyHead } from "../../src/core/audit/chain.ts";
import { SimdBatch } from "../../src/core/audit/batch/simd_batch.ts";
import { TypescriptBatch } from "../../src/core/audit/batch/typescript_batch.ts";
import type { Head } from "../../src/core/audit/entry.ts";
import { buildLog, concat, keys } from "../support/audit_log.ts";
import { assertAgrees, expectedOf, runBatch } from "../support/batch_agreement.ts";
import {
  craftKeys,
  craftLine,
  detailsOf,
  type LineParts,
  partsAfter,
  signBody,
} from "../support/crafted_log.ts";

const simd = new SimdBatch();
const typescript = new TypescriptBatch();
const numbers = fc.constantFrom(-1, 0, 5, 8, 9, 98, 99, 4_294_967_294, 2 ** 53 - 3);
const macs = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
);
const head: fc.Arbitrary<Head> = fc.record({
  seq: numbers,
  mac: macs,
  sizeBytes: fc.nat(),
});

/** Texts that are nearly right, and some that are. */
const near: { readonly [name in keyof LineParts]: readonly string[] } = {
  start: [
    '{"v":1',
    '{"v":2',
    '{"v":1 ',
    ' {"v":1',
    '{"v":1,"w":1',
    '["v":1',
    "{'v':1",
    '{"v":01',
    "",
  ],
  seq: ["0", "00", "-1", "1.0", "1e0", "", "10", "9007199254740992", "9007199254740993", "٣"],
  key: ["0c0ffee0.07", "0c0ffee0.8", "0C0FFEE0.7", "0c0ffee0,7", "0c0ffee.7", "0c0ffee0.7 ", ""],
  ts: [
    "2026-11-22T18:00:00.000000z",
    "2026-11-22 18:00:00.000000Z",
    "2026-11-22T18:00:00.00000Z",
    "2026-11-22T18:00:00.0000000Z",
    "2O26-11-22T18:00:00.000000Z",
    "9999-99-99T99:99:99.999999Z",
    "0000-00-00T00:00:00.000000Z",
    "2026-11-22T18:00:00,000000Z",
    "2026-11-22T18:00:00.00000:Z",
    "2026-11-22T18:00:00.00000/Z",
    "",
  ],
  type: [
    ...'azAZ09_.@[`{/:-" ^',
    "",
    "a".repeat(15),
    "a".repeat(16),
    "a".repeat(63),
    "a".repeat(64),
    "a".repeat(65),
    "a".repeat(80),
    "a".repeat(81),
    "audit.genesis",
    "audit.genesis.",
    "\u00e1bc",
    "\u00c1bc",
  ],
  sev: [
    "LOW",
    "MEDIUM",
    "HIGH",
    "CRITICAL",
    "low",
    "LOWER",
    "LO",
    "MEDIU",
    "HIGHS",
    "CRITICAL ",
    "",
  ],
  d: [
    "{}",
    "{",
    "}",
    "",
    "[]",
    "{]",
    "{}}",
    "{{}",
    "{}{}",
    "null",
    '{"a":"\t"}',
    '{"a":"\x1f"}',
    '{"a":" ~"}',
    '{"a":"\x7f"}',
    '{"a":"\x80"}',
    '{"a":"\xa0"}',
    '{"a":"\xff"}',
    '{"a":"\0"}',
    '{"a":"\r"}',
    '{"a":"\n"}',
    `{},"prev":"${"0".repeat(64)}"}`,
    `{},"prev":"${"0".repeat(64)}","mac":"${"0".repeat(64)}"}`,
    '{},"d":{}',
    '{},"d":',
    " {}",
    "{} ",
    detailsOf(200),
    detailsOf(4_000),
  ],
  prev: [
    "0".repeat(64),
    "5A".repeat(32),
    "5a".repeat(31),
    "5a".repeat(33),
    "",
    `${"5a".repeat(32)} `,
  ],
};

const names = Object.keys(near) as (keyof LineParts)[];
const change: fc.Arbitrary<Partial<LineParts>> = fc.constantFrom(...names).chain((name) =>
  fc.constantFrom(...near[name]).map((text): Partial<LineParts> => ({ [name]: text }))
);
/** Mostly lines as they should be, so that the walk gets somewhere. */
const changes = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Partial<LineParts>>({}) },
  { weight: 2, arbitrary: change },
  { weight: 1, arbitrary: fc.tuple(change, change).map(([a, b]) => ({ ...a, ...b })) },
);

/** One edit of a line's body before it is signed. */
interface Edit {
  /** A share of the body's length. */
  readonly at: number;
  readonly count: number;
  readonly text: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  count: fc.nat({ max: 12 }),
  text: fc.oneof(
    fc.string({ maxLength: 4 }),
    fc.constantFrom("", " ", "{", "}", '"', ",", '},"prev":"', '"d":{', "\0", "\r", "\x80"),
  ),
});

function editedBody(parts: LineParts, { at, count, text }: Edit): string {
  const { line } = craftLine({ seq: 0, mac: "", sizeBytes: 0 }, parts);
  const body = new TextDecoder("latin1").decode(line.subarray(0, -75));
  const place = Math.floor(at * body.length);
  return body.slice(0, place) + text + body.slice(place + count);
}

describe("SimdBatch.verify()", () => {
  it("AUD-12 AUD-13 takes the grammar of a line, with a true MAC over every text", () => {
    fc.assert(
      fc.property(head, fc.array(changes, { minLength: 1, maxLength: 9 }), (from, all) => {
        const lines: Uint8Array[] = [];
        let last = from;
        for (const some of all) {
          const crafted = craftLine(last, craftable(partsAfter(last, some)), craftKeys.entryKey);
          lines.push(crafted.line);
          last = crafted.head;
        }
        assertAgrees(simd, { bytes: concat(lines), from, keys: craftKeys });
      }),
      { numRuns: 2_500 },
    );
  });

  it("AUD-13 takes the grammar of a line, edited anywhere and signed again", () => {
    fc.assert(
      fc.property(
        head,
        changes,
        fc.array(edit, { minLength: 1, maxLength: 2 }),
        (from, some, all) => {
          const first = craftLine(from, partsAfter(from));
          const parts = craftable(partsAfter(first.head, some));
          for (const one of all) {
            const { line } = signBody(first.head, latin(editedBody(parts, one)));
            assertAgrees(simd, { bytes: concat([first.line, line]), from, keys: craftKeys });
          }
        },
      ),
      { numRuns: 2_500 },
    );
  });

  it("AUD-35 agrees with verifyLines() on mutated logs", () => {
    const log = buildLog();
    const place = fc.nat({ max: log.bytes.length - 1 });
    const cut = fc.record({
      at: place,
      count: fc.nat({ max: 400 }),
      added: fc.uint8Array({ maxLength: 5 }),
    });
    fc.assert(
      fc.property(fc.array(cut, { minLength: 1, maxLength: 3 }), (cuts) => {
        const bytes = cuts.reduce(
          (all, { at, count, added }) =>
            concat([all.subarray(0, at), added, all.subarray(at + count)]),
          Uint8Array.from(log.bytes),
        );
        assertAgrees(simd, { bytes, from: emptyHead, keys });
      }),
      { numRuns: 4_000 },
    );
  });

  it("says what the TypeScript engine says, leaves and all", () => {
    fc.assert(
      fc.property(head, fc.array(changes, { maxLength: 6 }), (from, all) => {
        const lines: Uint8Array[] = [];
        let last = from;
        for (const some of all) {
          const crafted = craftLine(last, craftable(partsAfter(last, some)));
          lines.push(crafted.line);
          last = crafted.head;
        }
        const probe = { bytes: concat(lines), from, keys: craftKeys };
        const expected = expectedOf(probe);
        assertEquals(runBatch(simd, probe), expected);
        assertEquals(runBatch(typescript, probe), expected);
        assertEquals([...simd.hashLeaves()], [...typescript.hashLeaves()]);
      }),
      { numRuns: 300 },
    );
  });
});

/** One byte a character: others become `?`. */
function latin(text: string): string {
  return text.replace(/[^\0-\xff]/g, "?");
}

function craftable(parts: LineParts): LineParts {
  const entries = Object.entries(parts).map(([name, text]) => [name, latin(text)]);
  return Object.fromEntries(entries) as unknown as LineParts;
}
