import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Entry } from "../../../src/core/audit/entry.ts";
import { rawLine } from "../../../src/core/audit/export/export_row.ts";
import { LogStatsBuilder } from "../../../src/core/report/log_stats.ts";
import { maxTallyKeys } from "../../../src/core/report/tally.ts";
import { decision, entry } from "./report_entries.ts";

function statsOf(entries: readonly Entry[], top = 5) {
  const builder = new LogStatsBuilder(top);
  for (const one of entries) builder.add(one);
  return builder.finish({});
}

const write = (files: readonly string[]) => ({ type: "file_write", files });
const denied = { decision: "deny", violated: ["protected.files"] };
const some: readonly Entry[] = [
  entry(0, "audit.genesis", {}),
  decision(1, write(["src/a.ts"])),
  decision(2, write([".env", ".env"]), denied),
  decision(3, write([".env"]), { ...denied, day: 1 }),
  decision(4, { type: "command", files: [], command: "rm -r /" }, { ...denied, day: 1 }),
  decision(5, write(["x"]), { decision: "ask", day: 1 }),
  decision(6, write(["y"]), { would_deny: true, day: 2 }),
  entry(7, "NOTE", { decision: "deny", operation: { files: ["fake"] } }, { severity: "CRITICAL" }),
];

describe("LogStatsBuilder", () => {
  const stats = statsOf(some);
  it("counts entries by what they are", () => {
    assertEquals(stats.entries, 8);
    assertEquals(stats.bytes, some.reduce((sum, one) => sum + rawLine(one).length + 1, 0));
    assertEquals(stats.severities, { LOW: 7, MEDIUM: 0, HIGH: 0, CRITICAL: 1 });
    assertEquals(stats.types.rows[0], { name: "audit.decision", entries: 6 });
    assertEquals(stats.decisions, { allow: 2, ask: 1, deny: 3, would_deny: 1 });
    assertEquals([stats.first?.seq, stats.last?.seq], [0, 7]);
  });
  it("says what denials were about, each once for an entry", () => {
    assertEquals(stats.denied.policies.rows, [{ name: "protected.files", entries: 3 }]);
    assertEquals(stats.denied.paths.rows, [
      { name: ".env", entries: 2 },
      { name: "rm -r /", entries: 1 },
    ]);
    assertEquals(stats.denied.principals.rows, [{ name: "uid:1000", entries: 3 }]);
  });
  it("counts by hour and day, oldest first", () => {
    assertEquals(stats.hours.map(({ span, entries }) => [span, entries]), [
      ["2026-11-20T10", 4],
      ["2026-11-21T10", 3],
      ["2026-11-22T10", 1],
    ]);
    assertEquals(stats.days.map(({ span }) => span), ["2026-11-20", "2026-11-21", "2026-11-22"]);
    assertEquals(stats.hours[0]?.CRITICAL, 1);
  });
  it("takes growth from the time between first and last, when there is some", () => {
    const two = [entry(0, "A", {}), entry(1, "A", {}, { day: 2 })];
    const { bytes, bytes_per_day: daily } = statsOf(two);
    assertEquals(daily, Math.round(bytes / (2 + 1e-6 / 86_400)));
    assertEquals(statsOf(two.slice(0, 1)).bytes_per_day, null);
  });
  it("is empty for nothing", () => {
    const { entries, first, last, hours, bytes_per_day: daily } = statsOf([]);
    assertEquals([entries, first, last, hours, daily], [0, null, null, [], null]);
  });
  it("holds as much for many entries as for few", () => {
    const builder = new LogStatsBuilder(5);
    const start = Date.parse("2020-01-01T00:00:00Z");
    for (let i = 0; i < 40_000; i++) {
      const at = new Date(start + i * 3_600_000).toISOString().replace("Z", "000Z");
      const path = `f${i}`;
      builder.add({ ...decision(i, write([path]), denied), at, type: "audit.decision" });
    }
    const stats = builder.finish({});
    assertEquals([stats.hours.length, stats.days.length], [744, 1_000]);
    assertEquals(stats.hours.at(-1)?.entries, 1);
    assertEquals(stats.denied.paths.distinct, maxTallyKeys);
    assertEquals(stats.denied.paths.other, 40_000 - 5);
  });
});
