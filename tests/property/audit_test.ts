import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import { emptyHead } from "../../src/core/audit/chain.ts";
import { encodeDetails, parseDetails } from "../../src/core/audit/details.ts";
import { encodeInstant, parseInstant } from "../../src/core/audit/instant.ts";
import { parseLine } from "../../src/core/audit/line.ts";
import { EngineError } from "../../src/core/errors.ts";
import { buildLog, concat, judge, logId, rootSecret, verify } from "../support/audit_log.ts";
import { verifyIndependently } from "../support/independent_verifier.ts";

const log = buildLog();
const end = log.heads[log.heads.length - 1] ?? emptyHead;

type Mutation = (bytes: Uint8Array) => Uint8Array<ArrayBuffer>;

const place = fc.nat({ max: log.bytes.length - 1 });
const line = fc.nat({ max: log.lines.length - 1 });

/** Edits of bytes and of lines, one or several on top of each other. */
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ at: place, value: fc.nat({ max: 255 }) }).map(({ at, value }): Mutation => (bytes) =>
    Uint8Array.from(bytes, (byte, i) => i === at ? value : byte)
  ),
  fc.record({ at: place, added: fc.uint8Array({ maxLength: 4 }) }).map(
    ({ at, added }): Mutation => (bytes) =>
      concat([bytes.subarray(0, at), added, bytes.subarray(at)]),
  ),
  fc.record({ at: place, count: fc.nat({ max: 400 }) }).map(({ at, count }): Mutation => (bytes) =>
    concat([bytes.subarray(0, at), bytes.subarray(at + count)])
  ),
  fc.record({ from: place, to: place, count: fc.nat({ max: 80 }) }).map(
    ({ from, to, count }): Mutation => (bytes) => {
      const moved = Uint8Array.from(bytes);
      moved.set(
        bytes.subarray(from, from + count).subarray(0, Math.max(0, bytes.length - to)),
        Math.min(to, bytes.length),
      );
      return moved;
    },
  ),
  fc.array(line, { maxLength: 7 }).map((order): Mutation => () =>
    concat(order.map((i) => log.lines[i] ?? new Uint8Array()))
  ),
);

describe("verifyLines()", () => {
  it("AUD-34 A1 agrees with an independent verifier on mutated logs", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (edits) => {
        const bytes = edits.reduce((before, edit) => edit(before), Uint8Array.from(log.bytes));
        const own = verify(bytes);
        const other = await verifyIndependently(bytes, { rootSecret, logId });
        assertEquals(own.head.seq + 1, other.entries);
        assertEquals(own.finding === null, other.isIntact);
        assertEquals(own.restBytes, other.restBytes);
      }),
      { numRuns: 1_500 },
    );
  });

  it("AUD-35 A1 A2 lets no change of the bytes pass against the head", () => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (edits) => {
        const bytes = edits.reduce((before, edit) => edit(before), Uint8Array.from(log.bytes));
        const { verdict } = judge(bytes, end);
        const isSame = bytes.length === log.bytes.length &&
          bytes.every((byte, i) => byte === log.bytes[i]);
        // Bytes added after the last LF are a torn write: nothing recorded was touched.
        const isOnlyTorn = verdict === "UNCLEAN-END" && bytes.length > log.bytes.length &&
          log.bytes.every((byte, i) => byte === bytes[i]);
        assertEquals(verdict === "OK-UNANCHORED", isSame);
        assertEquals(verdict === "UNCLEAN-END", isOnlyTorn);
      }),
      { numRuns: 3_000 },
    );
  });
});

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", maxDepth: 5 },
    fc.constantFrom(null, true, false),
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
    fc.array(tie("value"), { maxLength: 4 }),
    tie("object"),
  ),
  object: fc.dictionary(fc.string({ unit: "binary", maxLength: 8 }), tie("value"), { maxKeys: 4 }),
}));

describe("parseDetails()", () => {
  it("P1 reads back whatever encodeDetails writes, in one encoding, in ASCII", () => {
    fc.assert(fc.property(json.object, (details) => {
      let text: string;
      try {
        text = encodeDetails(details);
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        return;
      }
      assertEquals(/^[\x20-\x7e]*$/.test(text), true);
      assertEquals(encodeDetails(parseDetails(text)), text);
      // JSON has no minus zero, and -0 is written as 0.
      assertEquals(JSON.stringify(parseDetails(text)), JSON.stringify(details));
    }));
  });
  it("P1 accepts no other text", () => {
    fc.assert(fc.property(fc.json(), fc.boolean(), (text, isPadded) => {
      const given = isPadded ? `{"a":${text} }` : `{"a":${text}}`;
      let read: unknown;
      try {
        read = parseDetails(given);
      } catch (error) {
        if (error instanceof EngineError) return;
        throw error;
      }
      assertEquals(encodeDetails(read), given);
    }));
  });
});

describe("parseLine()", () => {
  it("never throws anything but EngineError", () => {
    fc.assert(fc.property(mutation, (edit) => {
      try {
        parseLine(edit(log.bytes).subarray(0, log.heads[0]?.sizeBytes));
      } catch (error) {
        assertEquals(error instanceof EngineError, true);
      }
    }));
  });
});

describe("encodeInstant()", () => {
  it("P1 is read back exactly", () => {
    fc.assert(fc.property(fc.maxSafeNat(), (micros) => {
      const text = encodeInstant(micros);
      assertEquals(text.length, 27);
      assertEquals(parseInstant(text), micros);
    }));
  });
});
