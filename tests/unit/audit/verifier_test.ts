import { assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { emptyHead, linkEntry } from "../../../src/core/audit/chain.ts";
import { deriveEpochKeys } from "../../../src/core/audit/keys.ts";
import { verifyLines } from "../../../src/core/audit/verifier.ts";
import {
  buildLog,
  concat,
  genesisEvent,
  hmacSha256,
  judge,
  keys,
  type MemoryLog,
  rootSecret,
  someEvents,
  verify,
} from "../../support/audit_log.ts";

const log = buildLog();
const last = log.heads.length - 1;

function headOf({ heads }: MemoryLog) {
  return heads[heads.length - 1] ?? emptyHead;
}

function pick(order: readonly number[]): Uint8Array<ArrayBuffer> {
  return concat(order.map((i) => log.lines[i] ?? new Uint8Array()));
}

/** Every sequence of line numbers of length `length`. */
function sequences(length: number): readonly (readonly number[])[] {
  if (length === 0) return [[]];
  return sequences(length - 1).flatMap((head) => log.lines.map((_, i) => [...head, i]));
}

/** How many lines from the first on are where they were. */
function intactLines(order: readonly number[]): number {
  const first = order.findIndex((line, place) => line !== place);
  return first < 0 ? order.length : first;
}

describe("verifyLines()", () => {
  it("accepts what linkEntry wrote, whole and in two windows", () => {
    const whole = verify(log.bytes);
    assertEquals(whole.finding, null);
    assertEquals(whole.head, headOf(log));
    const middle = log.heads[1] ?? emptyHead;
    const expected = { keys, hmac: hmacSha256, known: [] };
    const rest = verifyLines(log.bytes.subarray(middle.sizeBytes), middle, expected);
    assertEquals(rest.finding, null);
    assertEquals(rest.head, whole.head);
  });

  it("AUD-01 A1 finds every single-bit flip, with the number of its entry", () => {
    let start = 0;
    for (const [seq, line] of log.lines.entries()) {
      for (let bit = 0; bit < line.length * 8; bit++) {
        const bytes = Uint8Array.from(log.bytes);
        const at = start + (bit >> 3);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
        const report = judge(bytes, headOf(log));
        if (report.verdict !== "TAMPERED" || report.seq !== seq || report.offset !== start) {
          assertEquals({ at, bit: bit & 7, ...report }, { verdict: "TAMPERED", seq });
        }
      }
      start += line.length;
    }
  });

  it("AUD-01 finds every byte that was removed or doubled", () => {
    for (let at = 0; at < log.bytes.length; at++) {
      const before = log.bytes.subarray(0, at);
      for (const rest of [log.bytes.subarray(at + 1), log.bytes.subarray(Math.max(0, at - 1))]) {
        if (at === 0 && rest.length === log.bytes.length) continue;
        const report = judge(concat([before, rest]), headOf(log));
        assertNotEquals(report.verdict, "OK-UNANCHORED", `byte ${at}`);
        assertNotEquals(report.verdict, "UNCLEAN-END", `byte ${at}`);
      }
    }
  });

  it("AUD-02 AUD-04 A1 finds every deletion, swap, copy and permutation up to 5 lines", () => {
    for (const length of [0, 1, 2, 3, 4, 5]) {
      for (const order of sequences(length)) {
        const intact = intactLines(order);
        const { finding, head } = verify(pick(order));
        assertEquals(head.seq, intact - 1, String(order));
        assertEquals(finding?.seq ?? null, intact === length ? null : intact, String(order));
        const { verdict } = judge(pick(order), headOf(log));
        const isWhole = length === log.lines.length && intact === length;
        assertEquals(verdict === "OK-UNANCHORED", isWhole, String(order));
      }
    }
  });

  it("AUD-06 A2 finds a cut at every byte against the head", () => {
    for (let size = 0; size < log.bytes.length; size++) {
      const report = judge(log.bytes.subarray(0, size), headOf(log));
      assertEquals(report.verdict, "ROLLBACK", `cut to ${size}`);
      assertEquals(report.seq, log.heads.filter(({ sizeBytes }) => sizeBytes <= size).length);
    }
  });

  it("AUD-06 finds a log that was replaced by another of the same key and length", () => {
    const other = buildLog([genesisEvent, ...someEvents.slice(0, -1), {
      type: "LAST",
      severity: "LOW",
      details: {},
    }]);
    const report = judge(other.bytes, headOf(log));
    assertEquals([report.verdict, report.seq, report.kind], ["ROLLBACK", last, "head"]);
  });

  it("AUD-08 finds a line of another log under the same secret", () => {
    const foreign = deriveEpochKeys(rootSecret, "b0".repeat(16), 0, hmacSha256);
    const event = { type: "NOTE", severity: "LOW", details: {} } as const;
    const { line } = linkEntry(headOf(log), event, 0, foreign, hmacSha256);
    assertEquals(verify(concat([log.bytes, line])).finding?.kind, "key");
    const posed = linkEntry(headOf(log), event, 0, { ...foreign, kid: keys.kid }, hmacSha256);
    assertEquals(verify(concat([log.bytes, posed.line])).finding?.kind, "mac");
  });

  it("AUD-08 finds a line of a later epoch before its time", () => {
    const next = deriveEpochKeys(rootSecret, "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf", 1, hmacSha256);
    const event = { type: "NOTE", severity: "LOW", details: {} } as const;
    const { line } = linkEntry(headOf(log), event, 0, next, hmacSha256);
    assertEquals(verify(concat([log.bytes, line])).finding?.kind, "key");
  });

  it("finds a second genesis and a first line that is none", () => {
    assertEquals(verify(buildLog(someEvents).bytes).finding, {
      seq: 0,
      offset: 0,
      kind: "genesis",
    });
    const twice = buildLog([genesisEvent, genesisEvent]);
    assertEquals(verify(twice.bytes).finding?.kind, "genesis");
  });

  it("AUD-16 stops at the first unreadable line and skips none", () => {
    const noise = new TextEncoder().encode("not a line\n");
    for (let place = 0; place <= log.lines.length; place++) {
      const bytes = concat([...log.lines.slice(0, place), noise, ...log.lines.slice(place)]);
      const { finding } = verify(bytes);
      assertEquals([finding?.seq, finding?.kind], [place, "syntax"]);
    }
    assertEquals(verify(concat([log.bytes, new Uint8Array([10])])).finding?.kind, "syntax");
  });

  it("AUD-18 calls a line longer than any may be a frame fault", () => {
    const long = new TextEncoder().encode(`${"x".repeat(1_048_576)}\n`);
    const { finding } = verify(concat([log.bytes, long]));
    assertEquals(finding, { seq: last + 1, offset: log.bytes.length, kind: "frame" });
  });

  it("AUD-20 does not take a clock that went back for tampering", () => {
    const first = linkEntry(emptyHead, genesisEvent, 2_000_000, keys, hmacSha256);
    const event = { type: "NOTE", severity: "LOW", details: {} } as const;
    const second = linkEntry(first.head, event, 1_000_000, keys, hmacSha256);
    assertEquals(verify(concat([first.line, second.line])).finding, null);
  });
});
