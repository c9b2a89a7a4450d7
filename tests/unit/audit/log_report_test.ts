import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { emptyHead } from "../../../src/core/audit/chain.ts";
import { judgeLog } from "../../../src/core/audit/judge_log.ts";
import {
  type LogEvidence,
  logVerdicts,
  refusedReport,
  toLogError,
} from "../../../src/core/audit/log_report.ts";
import type { MarkReading } from "../../../src/core/audit/mark.ts";
import { errorTable, TamperDetectedError } from "../../../src/core/errors.ts";
import { logId, oneSegment } from "../../support/audit_log.ts";

const head = { seq: 9, mac: "ab".repeat(32), sizeBytes: 900, seg: 0 };
const reading: MarkReading = {
  kind: "mark",
  mark: { logId, turn: 3, kid: "b71ae841", epoch: 0, head, base: emptyHead },
};
const intact: LogEvidence = {
  ...oneSegment,
  head,
  finding: null,
  fragmentBytes: 0,
  claimedLogId: null,
  logId,
  heads: [reading, reading],
  marks: [reading, reading],
  known: [head],
};
const damaged: MarkReading = { kind: "damaged" };
const missing: MarkReading = { kind: "missing" };
const otherKey: MarkReading = { kind: "other_key" };
const otherLog: MarkReading = { kind: "other_log" };
const atGenesis = { seg: 0, seq: 0, offset: 0, kind: "key" } as const;

describe("judgeLog()", () => {
  const rows: readonly [string, Partial<LogEvidence>, string, string | null][] = [
    ["an intact log", {}, "OK-UNANCHORED", null],
    [
      "FLT-10 one torn slot of each pair",
      {
        heads: [damaged, reading],
        marks: [reading, damaged],
      },
      "OK-UNANCHORED",
      null,
    ],
    [
      "A4 entries the head does not know yet",
      {
        known: [{ ...head, seq: 8, sizeBytes: 800 }],
      },
      "OK-UNANCHORED",
      null,
    ],
    ["A4 a torn end", { fragmentBytes: 5 }, "UNCLEAN-END", "frame"],
    ["AUD-06 a cut end", { known: [{ ...head, seq: 10, sizeBytes: 1000 }] }, "ROLLBACK", "head"],
    [
      "AUD-06 a cut in the middle of a line",
      {
        known: [{ ...head, seq: 10, sizeBytes: 1000 }],
        fragmentBytes: 50,
      },
      "ROLLBACK",
      "head",
    ],
    [
      "an end that is there but has no LF",
      {
        known: [{ ...head, seq: 10, sizeBytes: 1000 }],
        fragmentBytes: 100,
      },
      "TAMPERED",
      "frame",
    ],
    ["AUD-09 a missing head slot", { heads: [reading, missing] }, "MISSING", "head"],
    ["AUD-09 a missing mark", { marks: [missing, missing] }, "MISSING", "mark"],
    ["FLT-10 two damaged head slots", { heads: [damaged, damaged] }, "TAMPERED", "head"],
    ["AUD-08 the heads of another log", { heads: [otherLog, otherLog] }, "FOREIGN-LOG", "head"],
    [
      "a wrong secret",
      {
        heads: [otherKey, otherKey],
        marks: [otherKey, otherKey],
        known: [],
        finding: atGenesis,
        claimedLogId: logId,
      },
      "UNVERIFIABLE",
      "key",
    ],
    [
      "a forged key name under the right secret",
      {
        finding: atGenesis,
        claimedLogId: logId,
      },
      "TAMPERED",
      "key",
    ],
    [
      "AUD-08 the log of another install",
      {
        finding: atGenesis,
        claimedLogId: "b0".repeat(16),
      },
      "FOREIGN-LOG",
      "key",
    ],
    ["a first line that names no log", { finding: atGenesis }, "TAMPERED", "key"],
    [
      "any other finding",
      { finding: { seg: 0, seq: 4, offset: 400, kind: "mac" } },
      "TAMPERED",
      "mac",
    ],
    [
      "a line that is not the one the head names",
      {
        finding: { seg: 0, seq: 4, offset: 400, kind: "head" },
      },
      "ROLLBACK",
      "head",
    ],
  ];
  for (const [name, part, verdict, kind] of rows) {
    it(`says ${verdict} to ${name}`, () => {
      const report = judgeLog({ ...intact, ...part });
      assertEquals([report.verdict, report.kind], [verdict, kind]);
    });
  }
  it("says where", () => {
    const { seq, offset } = judgeLog({
      ...intact,
      finding: { seg: 0, seq: 4, offset: 400, kind: "mac" },
    });
    assertEquals([seq, offset], [4, 400]);
    const end = judgeLog({ ...intact, fragmentBytes: 5 });
    assertEquals([end.seq, end.offset], [10, 900]);
  });
  it("AUD-06 names the anchors that agree, and those it could not compare", () => {
    const agreeing = { kind: "agrees", name: "anchor of entry 9", seq: 9 } as const;
    const silent = { kind: "silent", name: "anchor of entry 2", seq: 2 } as const;
    const pruned = { isPruned: true, firstSeg: 1, start: { ...head, seq: 4 } };
    for (const part of [{}, pruned]) {
      const { message } = judgeLog({ ...intact, ...part, anchors: [silent, agreeing] });
      assertStringIncludes(message, "continue what was known outside: anchor of entry 9");
      assertStringIncludes(message, "not compared, pruned or without its key: anchor of entry 2");
      const unsaid = judgeLog({ ...intact, ...part, anchors: [] }).message;
      assertEquals(unsaid.includes("anchor of entry"), false);
    }
  });
});

describe("toLogError()", () => {
  it("lets only intact and torn logs pass, and exits 5 for tampering", () => {
    const passing = ["OK", "OK-UNANCHORED", "UNCLEAN-END", "FRONT-PRUNED"];
    for (const verdict of logVerdicts) {
      const error = toLogError({ ...judgeLog(intact), verdict });
      const exit = error === null ? 0 : errorTable[error.code].exit;
      const expected = passing.includes(verdict) ? 0 : verdict === "UNVERIFIABLE" ? 1 : 5;
      assertEquals([verdict, exit], [verdict, expected]);
    }
  });
});

describe("refusedReport()", () => {
  it("keeps the meaning of the failure", () => {
    const verdictOf = (code: "audit_missing" | "audit_tampered") =>
      refusedReport(new TamperDetectedError(code, "x")).verdict;
    assertEquals(verdictOf("audit_missing"), "MISSING");
    assertEquals(verdictOf("audit_tampered"), "TAMPERED");
  });
});
