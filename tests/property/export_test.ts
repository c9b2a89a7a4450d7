import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import { exportEncoders } from "../../src/core/audit/export/export_encoders.ts";
import { encodeCsvRecord, unguardCell } from "../../src/core/audit/export/encode_csv_row.ts";
import { parseLine } from "../../src/core/audit/line.ts";
import type { NewEvent } from "../../src/core/audit/entry.ts";
import type { JsonObject } from "../../src/core/operation/operation.ts";
import { buildLog, genesisEvent, logId } from "../support/audit_log.ts";
import { exportedLines, rebuiltLog } from "../support/exported_lines.ts";
import { readCsv } from "../support/read_csv.ts";
import { testSeed } from "../support/seeded.ts";

const options = { seed: testSeed, numRuns: 300 };
const named = (name: string) => `${name} (seed ${testSeed})`;

const text = fc.string({ unit: "grapheme", maxLength: 40 }).filter((one) => one.isWellFormed());
const label = fc.oneof(
  text,
  fc.constantFrom("=1+1", "+1", "-1", "@x", "\t=1", "'", '"', "a,b", "\r\n", "\u001b[2J", "\u202e"),
);
const operation = fc.record({
  type: label,
  files: fc.array(label, { maxLength: 3 }),
  command: label,
  agent: label,
  session: label,
}, { requiredKeys: [] });
const details = fc.record({
  decision: fc.constantFrom("allow", "ask", "deny"),
  operation,
  violated: fc.array(label, { maxLength: 2 }),
  effects: fc.array(label, { maxLength: 2 }),
  principal: label,
  reason: label,
  extra: fc.jsonValue({ maxDepth: 3 }).filter((value) =>
    !/__proto__|e[+-]|-0|\.0/i
      .test(JSON.stringify(value))
  ),
}, { requiredKeys: ["decision"] });

const event: fc.Arbitrary<NewEvent> = fc.record({
  type: fc.constantFrom("audit.decision", "audit.alarm", "NOTE"),
  severity: fc.constantFrom("LOW", "MEDIUM", "HIGH", "CRITICAL"),
  details: details as fc.Arbitrary<JsonObject>,
}) as fc.Arbitrary<NewEvent>;

/** Events that a log takes; what it refuses is another test's. */
const log = fc.array(event, { maxLength: 5 }).map((events) => {
  try {
    return buildLog([genesisEvent, ...events]);
  } catch {
    return buildLog([genesisEvent]);
  }
});

describe("an export", () => {
  for (const form of ["jsonl", "csv", "ocsf"] as const) {
    it(named(`AUD-32 ${form} gives back every byte of any log`), () => {
      fc.assert(
        fc.property(log, ({ lines, bytes }) => {
          const { header, encode } = exportEncoders[form];
          const rows = lines.map((line, i) => {
            const entry = parseLine(line.subarray(0, -1));
            return encode({ entry, row: i + 1, rows: lines.length, logId });
          });
          const exported = exportedLines(form, header + rows.join(""));
          assertEquals(rebuiltLog(exported), Uint8Array.from(bytes));
        }),
        options,
      );
    });
  }

  it(named("AUD-32 any cells come back from a CSV record, and none begins a formula"), () => {
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 5 }), (cells) => {
        const [record = []] = readCsv(encodeCsvRecord(cells));
        assertEquals(record.map(unguardCell), cells);
        assertEquals(record.filter((cell) => /^[=+\-@\t\r]/.test(cell)), []);
      }),
      options,
    );
  });
});
