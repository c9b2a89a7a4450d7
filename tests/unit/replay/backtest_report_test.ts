import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import { maxBacktestGroups, maxGroupSeqs } from "../../../src/core/limits.ts";
import { findUnacknowledged, refuseUnknownWords } from "../../../src/core/replay/acknowledge.ts";
import { BacktestBuilder } from "../../../src/core/replay/backtest_builder.ts";
import {
  type BacktestReport,
  encodeBacktestReport,
  parseBacktestReport,
} from "../../../src/core/replay/backtest_report.ts";
import type { CandidateResult } from "../../../src/core/replay/judge_candidate.ts";
import { decision, entry } from "../report/report_entries.ts";

const digest = `sha256:${"1".repeat(64)}`;
type Verdict = "allow" | "ask" | "deny";

function flip(seq: number, from: Verdict, to: Verdict, policies = ["protected.files"]) {
  const result: CandidateResult = {
    seq,
    status: "judged",
    from,
    to,
    fromPolicies: from === "allow" ? [] : policies,
    toPolicies: to === "allow" ? [] : policies,
    reason: "because",
  };
  return result;
}

function build(
  rows: readonly (readonly [CandidateResult, type?: string, tool?: string])[],
): BacktestReport {
  const builder = new BacktestBuilder("log", digest);
  builder.add(entry(0, "audit.genesis", {}), null);
  for (const [result, type = "file_write", tool] of rows) {
    const asked = tool === undefined ? { type, files: ["a.env"] } : { type, tool };
    builder.add(decision(result.seq, asked), result);
  }
  return builder.finish();
}

const rows = [
  [flip(1, "deny", "allow")],
  [flip(2, "deny", "allow")],
  [flip(3, "ask", "allow", ["rules.push"])],
  [flip(4, "allow", "deny")],
  [flip(5, "deny", "ask")],
  [flip(6, "deny", "deny")],
  [{ seq: 7, status: "unjudged", code: "redacted", message: "a\nb" }],
  [{ seq: 8, status: "unjudged", code: "redacted", message: "c" }],
] as const;

describe("BacktestBuilder", () => {
  const report = build(rows);
  it("counts each decision once: the same, changed or not judged", () => {
    const { entries, decisions, same, changed, widened, unjudged } = report;
    assertEquals([entries, decisions, same, changed, widened, unjudged], [9, 8, 1, 5, 3, 2]);
    assertEquals(report.unjudged_groups, [
      { code: "redacted", count: 2, first_seq: 7, message: "a\\u000ab" },
    ]);
    assertEquals([report.log.first_seq, report.log.last_seq], [0, 8]);
  });
  it("groups by verdicts, policies and kind of operation, what opens something first", () => {
    assertEquals(report.groups.map(({ id, count }) => [id, count]), [
      ["deny-allow:protected.files:file_write", 2],
      ["ask-allow:rules.push:file_write", 1],
      ["deny-ask:protected.files:file_write", 1],
      ["allow-deny:protected.files:file_write", 1],
    ]);
    assertEquals(report.groups[0]?.seqs, [1, 2]);
  });
  it("does not let a tool's name hide in another's group", () => {
    const named = (name: string, seq: number) =>
      [flip(seq, "deny", "allow"), "tool_call", name] as const;
    const { groups } = build([named("a b", 1), named("a_b", 2), named("a>b", 3), named("a b", 4)]);
    assertEquals(groups.map(({ count }) => count), [2, 1, 1]);
    assertEquals(new Set(groups.map(({ id }) => id)).size, 3);
    for (const { id } of groups) assertMatch(id, /^[A-Za-z0-9_.:+/~-]+$/);
  });
  it("stays small whatever is asked: groups, numbers, examples", () => {
    const many = Array.from(
      { length: 1_500 },
      (_, seq) => [flip(seq, "deny", "allow", [`rules.r${seq}`])] as const,
    );
    const spread = build(many);
    assertEquals(spread.groups.length, maxBacktestGroups + 1);
    assertEquals(spread.groups[0]?.id, "deny-allow:others:others");
    assertEquals(spread.widened, 1_500);
    const alike = build(many.map(([{ seq }]) => [flip(seq, "deny", "allow")] as const));
    assertEquals(alike.groups[0]?.seqs.length, maxGroupSeqs);
    assertEquals(alike.groups[0]?.count, 1_500);
    assert(encodeBacktestReport(alike).length < 5_000);
    assertEquals(parseBacktestReport(encodeBacktestReport(spread)), spread);
  });
});

describe("parseBacktestReport()", () => {
  const report = build(rows);
  const text = new TextDecoder().decode(encodeBacktestReport(report));
  const parse = (given: string) => parseBacktestReport(new TextEncoder().encode(given));

  it("P1 reads what is written, and the same report is the same bytes", () => {
    assertEquals(parse(text), report);
    assertEquals(encodeBacktestReport(build(rows)), encodeBacktestReport(report));
  });

  const spoilt: readonly (readonly [what: string, from: string | RegExp, to: string])[] = [
    ["other blanks", "\n  ", "\n   "],
    ["an unknown key", '"schema_version": 1,', '"schema_version": 1,\n  "a": 1,'],
    ["a key twice", '"schema_version": 1,', '"schema_version": 1,\n  "schema_version": 1,'],
    ["a key less", '  "kind": "backtest",\n', ""],
    ["keys in another order", /("kind": "backtest"),\n {2}("engine": "[^"]*")/, "$2,\n  $1"],
    ["another kind", '"backtest"', '"other"'],
    ["a count that is none", '"same": 1', '"same": -1'],
    ["fewer widened than there are", '"widened": 3', '"widened": 2'],
    ["fewer changed", '"changed": 5', '"changed": 4'],
    ["fewer unjudged", '"unjudged": 2', '"unjudged": 0'],
    ["a group smaller than it was", '"count": 2', '"count": 1'],
    ["a widening called a tightening", '"to": "allow"', '"to": "deny"'],
    ["an id twice", "ask-allow:rules.push:file_write", "deny-allow:protected.files:file_write"],
    ["a verdict nobody knows", '"to": "allow"', '"to": "maybe"'],
    ["a BOM", /^/, "\ufeff"],
    ["two documents", /$/, "{}"],
  ];
  for (const [what, from, to] of spoilt) {
    it(`refuses ${what}`, () => {
      const changed = text.replace(from, to);
      assert(changed !== text);
      assertEquals(assertThrows(() => parse(changed), EngineError).code, "backtest_invalid");
    });
  }
});

describe("findUnacknowledged()", () => {
  const report = build(rows);
  const left = (...given: string[]) => findUnacknowledged(report, given).map(({ id }) => id);
  const [first = "", second = ""] = report.groups.map(({ id }) => id);
  it("wants every widening, by its group or by every number in it", () => {
    assertEquals(left(), [first, second]);
    assertEquals(left(first), [second]);
    assertEquals(left("1"), [first, second]);
    assertEquals(left("1", "2", "3"), []);
    assertEquals(left(first, second), []);
  });
  it("wants the group where not every number is known", () => {
    const many = Array.from(
      { length: maxGroupSeqs + 1 },
      (_, seq) => [flip(seq, "deny", "allow")] as const,
    );
    const numbers = many.map(([{ seq }]) => String(seq));
    assertEquals(findUnacknowledged(build(many), numbers).length, 1);
    assertEquals(findUnacknowledged(build(many.slice(1)), numbers.slice(1)).length, 0);
  });
  it("refuses a word that names no widening", () => {
    for (const word of ["4", "9", "allow-deny:protected.files:file_write", "deny-allow", ""]) {
      assertEquals(
        assertThrows(() => refuseUnknownWords(report, [first, word]), EngineError).code,
        "usage",
      );
    }
    refuseUnknownWords(report, [first, "3"]);
  });
});
