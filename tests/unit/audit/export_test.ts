import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { exportForms } from "../../../src/core/audit/export_event.ts";
import {
  csvColumns,
  csvHeader,
  encodeCsvRecord,
  unguardCell,
} from "../../../src/core/audit/export/encode_csv_row.ts";
import { encodeJsonlRow } from "../../../src/core/audit/export/encode_jsonl_row.ts";
import { ocsfVersion, toOcsfEvent } from "../../../src/core/audit/export/encode_ocsf_event.ts";
import { exportEncoders } from "../../../src/core/audit/export/export_encoders.ts";
import { rawLine } from "../../../src/core/audit/export/export_row.ts";
import type { Entry, NewEvent } from "../../../src/core/audit/entry.ts";
import { parseLine } from "../../../src/core/audit/line.ts";
import type { JsonObject } from "../../../src/core/operation/operation.ts";
import { buildLog, genesisEvent, logId, rootSecret, someEvents } from "../../support/audit_log.ts";
import { exportedLines, rebuiltLog } from "../../support/exported_lines.ts";
import { verifyIndependently } from "../../support/independent_verifier.ts";
import { readCsv } from "../../support/read_csv.ts";

// deno-lint-ignore no-control-regex -- control characters are what is searched
const obeyed = /[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]/;
const hostile = "=cmd|'/c calc'!A1";
const escaping = "\u001b[31m\u202egpj\r\n\u0000";
const deny: NewEvent = {
  type: "audit.decision",
  severity: "HIGH",
  details: {
    id: "d1",
    decision: "deny",
    violated: ["protected.files"],
    reason: 'Cannot write ".env"',
    principal: "uid:1000",
    operation: { type: "file_write", files: [".env"], agent: hostile, session: escaping },
    effects: ["write .env"],
  },
};
const ask: NewEvent = {
  ...deny,
  severity: "MEDIUM",
  details: { ...deny.details, decision: "ask", reason: "A person pushes" },
};
const allow: NewEvent = {
  ...deny,
  severity: "LOW",
  details: { id: "d2", decision: "allow", operation: { type: "file_read", files: ["a", "b"] } },
};
const alarm: NewEvent = {
  type: "audit.alarm",
  severity: "CRITICAL",
  details: { kind: "protected_file_changed", message: "It changed", path: "-x" },
};
const tampered: NewEvent = { type: "state.policy_tampered", severity: "CRITICAL", details: {} };
const events = [genesisEvent, ...someEvents, deny, ask, allow, alarm, tampered];
const log = buildLog(events);
const entries = log.lines.map((line) => parseLine(line.subarray(0, -1)));

function encodeAll(form: typeof exportForms[number]): string {
  const { header, encode } = exportEncoders[form];
  const rows = entries.map((entry, i) =>
    encode({ entry, row: i + 1, rows: entries.length, logId })
  );
  return header + rows.join("");
}

describe("an export", () => {
  for (const form of exportForms) {
    it(`AUD-32 ${form} gives the log back byte for byte, and it verifies`, async () => {
      const rebuilt = rebuiltLog(exportedLines(form, encodeAll(form)));
      assertEquals(rebuilt, Uint8Array.from(log.bytes));
      const report = await verifyIndependently(rebuilt, { rootSecret, logId });
      assertEquals(report, { isIntact: true, entries: entries.length, restBytes: 0 });
    });

    it(`AUD-32 ${form} has nothing a terminal obeys`, () => {
      assertEquals(obeyed.exec(encodeAll(form)), null);
    });
  }

  it("a changed row gives a log that does not verify", async () => {
    const lines = exportedLines("jsonl", encodeAll("jsonl").replaceAll("uid:1000", "uid:1001"));
    const report = await verifyIndependently(rebuiltLog(lines), { rootSecret, logId });
    assertEquals([report.isIntact, report.entries], [false, 5]);
  });
});

describe("encodeJsonlRow()", () => {
  it("says what the entry says, and where it stands", () => {
    const entry = entries[5] as Entry;
    const row = JSON.parse(encodeJsonlRow({ entry, row: 2, rows: 9, logId }));
    const { version: _, ...fields } = entry;
    assertEquals(row, {
      schema_version: 1,
      row: 2,
      rows: 9,
      log: logId,
      ...fields,
      raw: rawLine(entry),
    });
  });
});

describe("encodeCsvRecord()", () => {
  it("AUD-32 guards every cell a spreadsheet would run", () => {
    for (const start of ["=", "+", "-", "@", "\t", "\r", "\n", "'", "\uff1d", "\uff20"]) {
      const [cells = []] = readCsv(encodeCsvRecord([`${start}1`, "x"]));
      assertEquals(cells, [`'${start}1`, "x"]);
      assertEquals(unguardCell(cells[0] ?? ""), `${start}1`);
    }
    assertEquals(encodeCsvRecord(["a=b", "1-1", "", "{}"]), "a=b,1-1,,{}\r\n");
  });
  it("quotes as RFC 4180 section 2 says", () => {
    assertEquals(encodeCsvRecord(['a"b', "c,d", "e\nf"]), '"a""b","c,d","e\nf"\r\n');
  });
  it("keeps hostile labels readable and harmless", () => {
    const [header = [], ...records] = readCsv(encodeAll("csv"));
    assertEquals(header, [...csvColumns]);
    assertEquals(encodeAll("csv").startsWith(csvHeader), true);
    assert(records.every((record) => record.length === header.length));
    const cell = (row: number, name: string) => records[row]?.[header.indexOf(name)];
    assertEquals(cell(5, "agent"), `'${hostile}`);
    assertEquals(cell(5, "session"), "\\u{1b}[31m\\u{202e}gpj\\u{d}\\u{a}\\u{0}");
    assertEquals([cell(5, "decision"), cell(5, "target")], ["deny", ".env"]);
    assertEquals(cell(8, "target"), "'-x");
  });
});

describe("toOcsfEvent()", () => {
  const event = (index: number): JsonObject => {
    const entry = entries[index] as Entry;
    return toOcsfEvent({ entry, row: index + 1, rows: entries.length, logId });
  };
  // By index: class, activity, type, severity.
  const rows: readonly (readonly [number, number, number, number, number])[] = [
    [0, 0, 99, 99, 2],
    [3, 0, 99, 99, 3],
    [4, 0, 99, 99, 5],
    [5, 2004, 1, 200_401, 4],
    [6, 6003, 3, 600_303, 3],
    [7, 6003, 0, 600_300, 2],
    [8, 2004, 1, 200_401, 5],
    [9, 2004, 1, 200_401, 5],
  ];
  for (const [index, classUid, activity, type, severity] of rows) {
    it(`${events[index]?.type} #${index} is class ${classUid}`, () => {
      const { class_uid, category_uid, activity_id, type_uid, severity_id } = event(index);
      assertEquals([class_uid, activity_id, type_uid, severity_id], [
        classUid,
        activity,
        type,
        severity,
      ]);
      assertEquals(category_uid, Math.floor(classUid / 1000));
    });
  }

  it("carries what the classes of 1.6.0 require", () => {
    assertEquals(ocsfVersion, "1.6.0");
    for (const index of entries.keys()) {
      const one = event(index);
      const metadata = one["metadata"] as JsonObject;
      assertEquals([metadata["version"], metadata["uid"]], ["1.6.0", `${logId}:${index}`]);
      assert(Number.isInteger(one["time"]));
      const unmapped = one["unmapped"] as JsonObject;
      assertEquals([unmapped["seq"], unmapped["mac"]], [index, entries[index]?.mac ?? ""]);
      if (one["class_uid"] === 6003) {
        for (const name of ["actor", "api", "src_endpoint"]) assert(name in one, name);
      }
      if (one["class_uid"] === 2004) {
        assertEquals((one["finding_info"] as JsonObject)["uid"], metadata["uid"]);
      }
    }
    assertMatch(String(event(5)["message"]), /^Cannot write/);
    assertEquals([event(5)["disposition_id"], event(6)["disposition_id"]], [2, 23]);
  });
});
