import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { encodeInstant } from "../../../src/core/audit/instant.ts";
import { parseTimeBound } from "../../../src/core/audit/time_bound.ts";
import { startMicros } from "../../support/audit_log.ts";

// 2026-11-22T18:00:00Z
const now = startMicros;

describe("parseTimeBound()", () => {
  const rows: readonly [string, string][] = [
    ["0s", "2026-11-22T18:00:00.000000Z"],
    ["45s", "2026-11-22T17:59:15.000000Z"],
    ["90m", "2026-11-22T16:30:00.000000Z"],
    ["2h", "2026-11-22T16:00:00.000000Z"],
    ["3d", "2026-11-19T18:00:00.000000Z"],
    ["1w", "2026-11-15T18:00:00.000000Z"],
    ["today", "2026-11-22T00:00:00.000000Z"],
    ["2026-11-22", "2026-11-22T00:00:00.000000Z"],
    ["2026-11-22T19:00:00+01:00", "2026-11-22T18:00:00.000000Z"],
    ["999999w", "1970-01-01T00:00:00.000000Z"],
  ];
  for (const [text, wanted] of rows) {
    it(`reads ${text}`, () => {
      assertEquals(encodeInstant(parseTimeBound(text, now) ?? -1), wanted);
    });
  }
  const rubbish = ["", "h", "2", "2x", "-2h", "2.5h", "2 h", "2H", "yesterday", "1000000s", "٢h"];
  for (const text of rubbish) {
    it(`refuses ${JSON.stringify(text)}`, () => assertEquals(parseTimeBound(text, now), null));
  }
});
